import { existsSync, mkdirSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../command-line/user-error.ts'
import { toolsFolder } from '../home.ts'
import { runHere, runProgram } from '../run-program.ts'

interface GoTool {
  readonly name: string
  /** The package, with its version, as `go install` takes it. */
  readonly source: string
}

const grpcurl: GoTool = { name: 'grpcurl', source: 'github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.4' }
/** The reference implementation of the Compose specification. */
const composeGo: GoTool = { name: 'compose-go', source: 'github.com/compose-spec/compose-go/v2/cmd@v2.16.2' }

export const findGrpcurl = (noInstall: boolean): Promise<string> => findGoTool(grpcurl, noInstall)
export const findComposeGo = (noInstall: boolean): Promise<string> => findGoTool(composeGo, noInstall)

/** Finds a program written in Go on PATH or among the project's tools, or installs it there.
 *  @throws UserError where none of it can be done */
async function findGoTool({ name, source }: GoTool, noInstall: boolean): Promise<string> {
  const onPath = await runProgram('sh', ['-c', `command -v ${name}`])
  if (onPath.code === 0) return onPath.output.trim()
  const folder = join(toolsFolder, name)
  const own = join(folder, name)
  if (existsSync(own)) return own
  if (noInstall) throw new UserError(`${name} is not on PATH, and --no-install forbids installing it.`)
  if ((await runProgram('go', ['version'])).code !== 0)
    throw new UserError(`${name} is not on PATH, and neither is go, which would install it: https://go.dev/dl`)
  console.log(`installing ${name} with go (a minute or more) into ${folder}`)
  mkdirSync(folder, { recursive: true })
  const code = await runHere('go', ['install', source], { env: { ...process.env, GOBIN: folder } })
  if (code !== 0) throw new UserError(`go could not install ${name}.`)
  // go names a program after the last part of its package.
  const built = join(folder, source.replace(/@.*$/, '').split('/').at(-1) ?? name)
  if (built !== own) await rename(built, own)
  return own
}

import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../command-line/user-error.ts'
import { projectRoot } from '../home.ts'
import { runHere, runProgram } from '../run-program.ts'

const folder = join(projectRoot, '.portico', 'tools', 'grpcurl')
const source = 'github.com/fullstorydev/grpcurl/cmd/grpcurl@latest'

/** Finds grpcurl, or installs it into the project's folder of tools. @throws UserError where neither can be. */
export async function findGrpcurl(noInstall: boolean): Promise<string> {
  const onPath = await runProgram('sh', ['-c', 'command -v grpcurl'])
  if (onPath.code === 0) return onPath.output.trim()
  const own = join(folder, 'grpcurl')
  if (existsSync(own)) return own
  if (noInstall) throw new UserError('grpcurl is not on PATH, and nothing is installed, as --no-install says.')
  if ((await runProgram('go', ['version'])).code !== 0) {
    throw new UserError('grpcurl is not on PATH, and go, which would install it, is not either: https://go.dev/dl')
  }
  console.log(`installing grpcurl with go (a minute or more) into ${folder}`)
  mkdirSync(folder, { recursive: true })
  const code = await runHere('go', ['install', source], { env: { ...process.env, GOBIN: folder } })
  if (code !== 0) throw new UserError('go could not install grpcurl.')
  return own
}

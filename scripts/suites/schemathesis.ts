import { join } from 'node:path'
import { UserError } from '../command-line/user-error.ts'
import { findProgram, isExecutable } from '../datastores/programs.ts'
import { pythonPackage } from '../python-packages.ts'
import { runHere } from '../run-program.ts'

const schemathesis = pythonPackage('schemathesis', join(import.meta.dirname, 'schemathesis.requirements.txt'))

/** Finds schemathesis among the project's tools, or installs it there. @throws UserError where that can't be done */
export async function findSchemathesis(noInstall: boolean): Promise<string> {
  const { name, version, folder } = schemathesis
  const own = join(folder, 'bin', name)
  if (await isExecutable(own)) return own
  if (noInstall) throw new UserError(`${name} is not installed, and --no-install forbids installing it.`)
  const python = await findProgram('python3')
  if (python === undefined) throw new UserError(`${name} needs Python 3.11 or later, and there is no python3.`)
  console.log(`installing ${name} ${version} with pip (a minute) into ${folder}`)
  if (!(await schemathesis.install(python, runHere))) throw new UserError(`pip could not install ${name}.`)
  return own
}

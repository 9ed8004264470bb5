import { UserError } from '../command-line/user-error.ts'
import { systemPackages } from '../datastores/package-manager.ts'
import { findProgram } from '../datastores/programs.ts'
import { makeHome, openHome } from '../home.ts'

/** Finds the program that makes a minimal Debian, or installs it. @throws UserError */
export async function findDebootstrap(noInstall: boolean): Promise<string> {
  if (process.getuid?.() !== 0)
    throw new UserError('The machines part needs root: it makes file systems and enters them.')
  const found = await findProgram('debootstrap')
  if (found !== undefined) return found
  const home = openHome()
  await makeHome(home)
  for (const installation of noInstall ? [] : await systemPackages({ 'apt-get': 'debootstrap' })) {
    console.log(`installing debootstrap: ${installation.description}`)
    if (!(await installation.run(home.log('install')))) continue
    const installed = await findProgram('debootstrap')
    if (installed !== undefined) return installed
  }
  throw new UserError('debootstrap is missing: a package of that name has it on Debian and Ubuntu.')
}

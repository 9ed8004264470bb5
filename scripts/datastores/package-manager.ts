import { runLogged } from '../run-program.ts'
import type { Installation } from './datastore.ts'
import { findProgram } from './programs.ts'

type Manager = 'apt-get' | 'dnf' | 'apk' | 'pacman' | 'brew'

const installArguments: Readonly<Record<Manager, readonly string[]>> = {
  // Another apt run may hold the lock for a while: wait for it.
  'apt-get': ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'],
  dnf: ['install', '-y'],
  apk: ['add', '--no-cache'],
  pacman: ['-S', '--noconfirm', '--needed'],
  brew: ['install'],
}

type Names = Readonly<Partial<Record<Manager, string>>>

/** Ways to install something, and what it needs `besides`, by whichever package managers this system has. Only root may
 *  use one, but for Homebrew, which refuses root. */
export async function systemPackages(names: Names, besides: Names = {}): Promise<Installation[]> {
  const root = process.getuid?.() === 0
  const found: Installation[] = []
  for (const manager of Object.keys(installArguments) as Manager[]) {
    const name = names[manager]
    if (name === undefined || root === (manager === 'brew')) continue
    const path = await findProgram(manager)
    const packages = [name, besides[manager]].filter((each) => each !== undefined)
    if (path !== undefined) found.push(systemPackage(manager, path, packages))
  }
  return found
}

function systemPackage(manager: Manager, path: string, packages: readonly string[]): Installation {
  const args = [...installArguments[manager], ...packages]
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return {
    description: `${manager} ${args.join(' ')}`,
    async run(log) {
      if ((await runLogged(path, args, log, env)) === 0) return true
      if (manager !== 'apt-get') return false
      // A fresh system knows no packages yet, an old one asks for versions that are gone.
      await runLogged(path, ['update', '-o', 'DPkg::Lock::Timeout=120'], log, env)
      return (await runLogged(path, args, log, env)) === 0
    },
  }
}

import { runLogged } from '../run-program.ts'
import type { Installation } from './datastore.ts'
import { managers, type PackageManager, type PackageNames } from './packages.mjs'
import { findProgram } from './programs.ts'
import { unpackedPackages } from './unpacked.ts'

const installArguments: Readonly<Record<PackageManager, readonly string[]>> = {
  // Another apt run may hold the lock for a while: wait for it.
  'apt-get': ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'],
  dnf: ['install', '-y'],
  apk: ['add', '--no-cache'],
  pacman: ['-S', '--noconfirm', '--needed'],
  brew: ['install'],
}

/** Ways to install something, and what it needs `besides`, by whichever package managers this system has. Only root may
 *  use one, but for Homebrew, which refuses root. Others unpack Debian's package where it runs from any folder. */
export async function systemPackages(names: PackageNames, besides: PackageNames = {}): Promise<Installation[]> {
  const root = process.getuid?.() === 0
  const found: Installation[] = []
  for (const manager of managers) {
    const name = names[manager]
    if (name === undefined || root === (manager === 'brew')) continue
    const path = await findProgram(manager)
    const packages = [name, besides[manager]].filter((each) => each !== undefined)
    if (path !== undefined) found.push(systemPackage(manager, path, packages))
  }
  return [...found, ...unpackedPackages(names['apt-get'])]
}

function systemPackage(manager: PackageManager, path: string, packages: readonly string[]): Installation {
  const args = [...installArguments[manager], ...packages]
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return {
    description: `${manager} ${args.join(' ')}`,
    async run(log) {
      if ((await runLogged(path, args, log, env)) === 0) return true
      if (manager !== 'apt-get') return false
      const dpkg = await findProgram('dpkg')
      // An earlier run may have been ended half-way.
      if (dpkg !== undefined) await runLogged(dpkg, ['--configure', '-a'], log, env)
      // A fresh system knows no packages yet, an old one asks for versions that are gone.
      await runLogged(path, ['update', '-o', 'DPkg::Lock::Timeout=120'], log, env)
      return (await runLogged(path, args, log, env)) === 0
    },
  }
}

import { join } from 'node:path'
import { canUnpack, unpackDebianPackages, writeLauncher } from '../debian/unpack.mjs'
import { toolsFolder } from '../home.ts'
import type { Installation } from './datastore.ts'
import { unpackedPrograms } from './programs.ts'

interface Launcher {
  /** The program's path in the package. */
  readonly path: string
  /** What tells the program where it is, as shell words. */
  readonly options?: string
  readonly inFolder?: boolean
}

interface Unpackable {
  readonly packages: readonly string[]
  readonly programs: Readonly<Record<string, Launcher>>
}

/** Debian's packages whose programs run from any folder, by the package that root would install. */
const unpackables: Readonly<Record<string, Unpackable>> = {
  'mariadb-server': {
    packages: ['mariadb-server-core', 'mariadb-client-core'],
    programs: {
      mariadbd: { path: 'usr/sbin/mariadbd', options: '"--basedir=$root/usr"' },
      // The installer splits its base folder at spaces.
      'mariadb-install-db': { path: 'usr/bin/mariadb-install-db', options: '--basedir=usr', inFolder: true },
    },
  },
  'redis-server': { packages: ['redis-server'], programs: { 'redis-server': { path: 'usr/bin/redis-server' } } },
  'nats-server': { packages: ['nats-server'], programs: { 'nats-server': { path: 'usr/sbin/nats-server' } } },
  python3: { packages: ['python3'], programs: { python3: { path: 'usr/bin/python3' } } },
  'python3-pip-whl': { packages: ['python3-pip-whl'], programs: {} },
}

/** Where a package is or will be unpacked. */
export const unpackedFolder = (name: string): string => join(toolsFolder, 'debian', name)

/** A way to get a Debian package's programs without root; none where Debian's tools are missing or we are root. */
export function unpackedPackages(name: string | undefined): Installation[] {
  const unpackable = unpackables[name ?? '']
  if (name === undefined || unpackable === undefined || process.getuid?.() === 0 || !canUnpack()) return []
  const { packages, programs } = unpackable
  return [
    {
      description: `apt-get download ${packages.join(' ')} with dependencies, unpacked into .portico/tools (needs no root)`,
      async run(log) {
        const folder = await unpackDebianPackages({ name, packages, tools: toolsFolder, log })
        if (folder === undefined) return false
        for (const [program, { path, ...options }] of Object.entries(programs))
          writeLauncher(join(unpackedPrograms, program), { folder, program: join(folder, path), ...options })
        return true
      },
    },
  ]
}

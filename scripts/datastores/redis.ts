import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from '../run-program.ts'
import type { DatastoreKind, Place } from './datastore.ts'
import { systemPackages } from './package-manager.ts'
import { serverPackages } from './packages.mjs'
import { findProgram } from './programs.ts'
import { unprivileged } from './unprivileged.ts'

// Everything acknowledged is on disk before the answer: payments and events may not be lost.
const configuration = ({ directory, port, password }: Place) => `bind 127.0.0.1
port ${port}
protected-mode yes
requirepass ${password}
dir "${directory}"
daemonize no
appendonly yes
appendfsync always
save ""
maxmemory-policy noeviction
`

/** Redis or Valkey: of each running copy two, one for payments and one for the event bus (`redis-users.ts`). */
export const redis: DatastoreKind = {
  title: 'Redis',
  variable: 'REDIS_URL',
  example: 'redis://:password@host:6379',
  executables: ['redis-server', 'valkey-server'],
  async find() {
    const path = await findProgram('redis-server', 'valkey-server')
    if (path === undefined) return undefined
    const version = /v=([\d.]+)/.exec((await runProgram(path, ['--version'])).output)?.[1] ?? ''
    return { path, title: `${path.includes('valkey') ? 'Valkey' : 'Redis'} ${version}`.trim() }
  },
  packages: serverPackages.redis,
  installations: () => systemPackages(serverPackages.redis),
  async prepare(_program, place) {
    await mkdir(place.directory, { recursive: true, mode: 0o700 })
    // A file, since a password on the command line would be everybody's to read.
    await writeFile(configurationFile(place), configuration(place), { mode: 0o600 })
  },
  command(program, place) {
    const [command, args] = unprivileged(program.path, [configurationFile(place)])
    return { command, args, stopSignal: 'SIGTERM' }
  },
  url: ({ password, port }) => `redis://:${password}@127.0.0.1:${port}`,
}

export const configurationFile = (place: Place) => join(place.directory, 'redis.conf')

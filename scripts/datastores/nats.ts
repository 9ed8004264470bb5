import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { toolsFolder } from '../home.ts'
import { runLogged, runProgram } from '../run-program.ts'
import type { DatastoreKind, Installation, Place, ServerProgram } from './datastore.ts'
import { systemPackages } from './package-manager.ts'
import { findProgram, isExecutable } from './programs.ts'
import { unprivileged } from './unprivileged.ts'

const user = 'portico'
const goModule = 'github.com/nats-io/nats-server/v2@v2.15.2'
const builtFolder = join(toolsFolder, 'nats-server-2.15.2')
const built = join(builtFolder, 'nats-server')

/** NATS with JetStream, as an event bus. */
export const nats: DatastoreKind = {
  title: 'NATS',
  variable: 'EVENT_BUS_URL',
  example: 'nats://user:password@host:4222',
  executables: ['nats-server'],
  async find() {
    const path = (await isExecutable(built)) ? built : await findProgram('nats-server')
    if (path === undefined) return undefined
    return { path, title: `NATS ${await versionOf(path)}` }
  },
  async installations() {
    const go = await findProgram('go')
    const packages = await systemPackages({ 'apt-get': 'nats-server', apk: 'nats-server', brew: 'nats-server' })
    return [...packages, ...(go === undefined ? [] : [builtBy(go)])]
  },
  async prepare(program, place) {
    await mkdir(place.directory, { recursive: true, mode: 0o700 })
    // A file, since a password on the command line would be everybody's to read.
    await writeFile(configurationFile(place), configuration(program, place), { mode: 0o600 })
  },
  command(program, place) {
    const [command, args] = unprivileged(program.path, ['-c', configurationFile(place)])
    return { command, args, stopSignal: 'SIGTERM' }
  },
  url: ({ password, port }) => `nats://${user}:${password}@127.0.0.1:${port}`,
}

const configurationFile = (place: Place) => join(place.directory, 'nats.conf')

async function versionOf(path: string): Promise<string> {
  return /v([\d.]+)/.exec((await runProgram(path, ['--version'])).output)?.[1] ?? 'of unknown version'
}

/** What is acknowledged is on disk before the answer, where the server can do so: from 2.10 on. */
function configuration({ title }: ServerProgram, { directory, port, password }: Place): string {
  const [major = 0, minor = 0] = (/[\d.]+/.exec(title)?.[0] ?? '').split('.').map(Number)
  const sync = major > 2 || minor >= 10 ? ', sync_interval: always' : ''
  return `listen: "127.0.0.1:${port}"
max_payload: 8MB
authorization { user: "${user}", password: "${password}" }
jetstream { store_dir: "${directory}"${sync} }
`
}

function builtBy(go: string): Installation {
  return {
    description: `go install ${goModule} into .portico/tools (builds NATS; about a minute)`,
    async run(log) {
      await mkdir(builtFolder, { recursive: true })
      const code = await runLogged(go, ['install', goModule], log, { ...process.env, GOBIN: builtFolder })
      if (code !== 0) await rm(builtFolder, { recursive: true, force: true })
      return code === 0
    },
  }
}

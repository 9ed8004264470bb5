import { spawn } from 'node:child_process'
import { existsSync, openSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { UserError } from '../command-line/user-error.ts'
import { findFreePort } from '../ports.ts'
import { endWithUs, runProgram } from '../run-program.ts'
import type { DatastoreKind, Place, ServerCommand, ServerProgram } from './datastore.ts'
import { makeMongodbAccounts } from './mongodb-accounts.ts'
import { serverPackages } from './packages.mjs'
import { findProgram } from './programs.ts'
import { standInInstallations, standInIsWhole, standInProgram } from './secantusdb.ts'
import { serviceUrl } from './service-account.ts'
import { unprivileged } from './unprivileged.ts'

const administrator = 'portico'

/** MongoDB; where there is no mongod, SecantusDB stands in, which speaks its protocol over its storage engine. */
export const mongodb: DatastoreKind = {
  title: 'MongoDB',
  variable: 'MONGODB_URL',
  example: 'mongodb://user:password@host:27017/portico_user',
  executables: ['mongod'],
  async find() {
    const mongod = await findProgram('mongod')
    if (mongod !== undefined) {
      const version = /v([\d.]+)/.exec((await runProgram(mongod, ['--version'])).output)?.[1] ?? ''
      return { path: mongod, title: `MongoDB ${version}`.trim() }
    }
    return (await standInIsWhole()) ? standInProgram : undefined
  },
  packages: serverPackages.mongodb,
  installations: standInInstallations,
  async prepare(program, place) {
    if (existsSync(place.directory)) return
    const draft = { ...place, directory: `${place.directory}.new`, port: await findFreePort() }
    await rm(draft.directory, { recursive: true, force: true })
    await mkdir(draft.directory, { mode: 0o700 })
    await makeAdministrator(serverCommand(program, draft, []), draft)
    await rename(draft.directory, place.directory)
  },
  command: (program, place) => serverCommand(program, place, ['--auth']),
  provision: (place) => makeMongodbAccounts(administrativeUrl(place), place.services),
  url: administrativeUrl,
  urlFor: (_program, place, service) => serviceUrl(administrativeUrl(place), service),
}

function administrativeUrl({ password, port }: Place): string {
  return `mongodb://${administrator}:${password}@127.0.0.1:${port}/?directConnection=true`
}

function serverCommand(program: ServerProgram, place: Place, options: readonly string[]): ServerCommand {
  const listen = ['--port', String(place.port), ...options]
  const own =
    program.path === standInProgram.path
      ? [
          '--host',
          '127.0.0.1',
          '--storage-path',
          place.directory,
          '--sync-on-commit',
          '--cache-size',
          '256M',
          '--log-level',
          'WARNING',
        ]
      : ['--bind_ip', '127.0.0.1', '--dbpath', place.directory]
  const [command, args] = unprivileged(program.path, [...own, ...listen])
  return { command, args, stopSignal: 'SIGTERM' }
}

/** Runs the server once without passwords, on a port that nobody knows, to make the one user it will then require. */
async function makeAdministrator({ command, args, stopSignal }: ServerCommand, place: Place): Promise<void> {
  const log = openSync(place.log, 'a', 0o600)
  const server = spawn(command, args, { stdio: ['ignore', log, log] })
  endWithUs(server)
  const ended = new Promise<void>((resolve) => {
    server.once('exit', () => resolve())
    server.once('error', () => resolve())
  })
  const { MongoClient } = await import('mongodb')
  const url = `mongodb://127.0.0.1:${place.port}/?directConnection=true`
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 60_000 })
  try {
    const made = client.db('admin').command({ createUser: administrator, pwd: place.password, roles: ['root'] })
    await Promise.race([
      made,
      ended.then(() => Promise.reject(new UserError('The server ended while its user was made.'))),
    ])
  } finally {
    await client.close()
    server.kill(stopSignal)
    await ended
  }
}

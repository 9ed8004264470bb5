import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silent } from '../supervisor/stand-in.ts'
import type { DatastoreKind } from './datastore.ts'
import { describeAllMissing, findOrInstall, MissingDatastoreError } from './ladder.ts'
import { mysql } from './mysql.ts'
import { redis } from './redis.ts'

const program = { path: '/opt/redis-server', title: 'Redis 8' }

/** A machine without a server, on which some installations can be tried. */
function machine(
  installations: { description: string; works: boolean }[],
): DatastoreKind & { readonly tried: string[] } {
  const tried: string[] = []
  let installed = false
  return {
    ...redis,
    tried,
    find: async () => (installed ? program : undefined),
    installations: async () =>
      installations.map(({ description, works }) => ({
        description,
        run: async () => {
          tried.push(description)
          installed = works
          return works
        },
      })),
  }
}

function listen() {
  const said: string[] = []
  const report = { ...silent, note: (text: string) => void said.push(text) }
  return { said, options: { noInstall: false, report, log: '/tmp/install.log' } }
}

describe('a machine without a server', () => {
  it('gets one by the first installation that works, each said aloud before', async () => {
    const kind = machine([
      { description: 'apt-get install redis-server', works: false },
      { description: 'brew install redis', works: true },
      { description: 'apk add redis', works: true },
    ])
    const { said, options } = listen()
    expect(await findOrInstall(kind, '/data', options)).toBe(program)
    expect(kind.tried).toEqual(['apt-get install redis-server', 'brew install redis'])
    expect(said).toEqual(kind.tried.map((description) => `installing Redis: ${description}`))
  })

  it('installs nothing when told not to, and names every way to give one', async () => {
    const kind = machine([{ description: 'apt-get install redis-server', works: true }])
    const failure = findOrInstall(kind, '/data', { ...listen().options, noInstall: true })
    await expect(failure).rejects.toThrow(/REDIS_URL=.*[\s\S]*redis-server, or valkey-server[\s\S]*docker compose up/)
    expect(kind.tried).toEqual([])
  })

  it('says what was tried and where to read why it failed', async () => {
    const kind = machine([{ description: 'apt-get install redis-server', works: false }])
    await expect(findOrInstall(kind, '/data', listen().options)).rejects.toThrow(
      'installing it failed: apt-get install redis-server (see /tmp/install.log)',
    )
  })
})

describe('all that is missing', () => {
  const programs = mkdtempSync(join(tmpdir(), 'portico-programs-'))
  const path = process.env.PATH

  beforeAll(() => {
    writeFileSync(join(programs, 'apt-get'), '', { mode: 0o755 })
    process.env.PATH = programs
  })

  afterAll(() => {
    process.env.PATH = path
    rmSync(programs, { recursive: true })
  })

  it('is installed by one line', async () => {
    const errors = [mysql, redis, redis].map(
      ({ title, packages }) => new MissingDatastoreError(`${title} is missing.`, packages),
    )
    const { message } = await describeAllMissing(errors)
    expect(message).toMatch(/apt-get install -y mariadb-server redis-server$/)
    expect(message.match(/Redis is missing/g)).toHaveLength(1)
  })
})

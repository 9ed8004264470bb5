// A relay of its own process that takes the outbox's lock and never ends publishing: tests kill it.
import type { Outbox } from '../outbox.ts'

const [kind = '', url = '', name = ''] = process.argv.slice(2)

const open: Readonly<Record<string, () => Promise<Outbox>>> = {
  async mysql() {
    const { Kysely, MysqlDialect } = await import('kysely')
    const { createPool } = await import('mysql2')
    const { createOutbox } = await import('./mysql.ts')
    return createOutbox(new Kysely({ dialect: new MysqlDialect({ pool: createPool({ uri: url, timezone: 'Z' }) }) }))
  },
  async postgres() {
    const { Kysely, PostgresDialect } = await import('kysely')
    const { default: pg } = await import('pg')
    const { createOutbox } = await import('./postgres.ts')
    return createOutbox(new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url }) }) }))
  },
  async redis() {
    const { Redis } = await import('ioredis')
    const { createOutbox } = await import('./redis.ts')
    return createOutbox(new Redis(url), { outbox: `${name}outbox`, relayLock: `${name}lock` }, 2000)
  },
  async mongodb() {
    const { MongoClient } = await import('mongodb')
    const { createOutbox } = await import('./mongodb.ts')
    const db = new MongoClient(url).db(name)
    return createOutbox(db.collection('causes'), db, 2000)
  },
}

const outbox = await open[kind]?.()
await outbox?.drain(10, async () => {
  console.log('holding')
  await new Promise((resolve) => setTimeout(resolve, 600_000))
})

import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { MongoClient } from 'mongodb'
import { createConnection } from 'mysql2/promise'
import pg from 'pg'
import { expect, it } from 'vitest'
import { createLog } from './log.ts'

/** Nothing in its shape says that it is a secret. */
const SECRET = 'blue giraffe 42'

/** Each makes its datastore fail over a value. */
const failures: Readonly<Record<string, () => Promise<unknown>>> = {
  async 'MySQL, over a duplicate'() {
    const connection = await createConnection(process.env.MYSQL_URL ?? '')
    try {
      await connection.query('create temporary table logged (card varchar(50) primary key)')
      for (let twice = 0; twice < 2; twice++) await connection.query('insert into logged values (?)', [SECRET])
    } finally {
      await connection.end()
    }
  },
  async 'MySQL, over a syntax error'() {
    const connection = await createConnection(process.env.MYSQL_URL ?? '')
    await connection.query('selekt ?', [SECRET]).finally(() => connection.end())
  },
  async 'PostgreSQL, over a duplicate'() {
    const client = new pg.Client({ connectionString: process.env.POSTGRES_URL })
    await client.connect()
    try {
      await client.query('create temporary table logged (card text primary key)')
      for (let twice = 0; twice < 2; twice++) await client.query('insert into logged values ($1)', [SECRET])
    } finally {
      await client.end()
    }
  },
  async 'PostgreSQL, over a wrong value'() {
    const client = new pg.Client({ connectionString: process.env.POSTGRES_URL })
    await client.connect()
    await client.query('select $1::uuid', [SECRET]).finally(() => client.end())
  },
  async 'MongoDB, over a duplicate'() {
    const client = new MongoClient(process.env.MONGODB_URL ?? '')
    const db = client.db(`test_kit_${randomUUID().slice(0, 8)}`)
    try {
      const cards = db.collection<{ _id: string }>('cards')
      for (let twice = 0; twice < 2; twice++) await cards.insertOne({ _id: SECRET })
    } finally {
      await db.dropDatabase()
      await client.close()
    }
  },
  async 'Redis, over a wrong type'() {
    const redis = new Redis(process.env.REDIS_URL ?? '')
    const key = `test-${randomUUID()}`
    try {
      await redis.set(key, 'text')
      await redis.hset(key, 'card', SECRET)
    } finally {
      await redis.del(key)
      redis.disconnect()
    }
  },
  async 'Redis, over an unknown command'() {
    const redis = new Redis(process.env.REDIS_URL ?? '')
    await redis.call('NOSUCHCOMMAND', SECRET).finally(() => redis.disconnect())
  },
}

it.each(Object.entries(failures))('keeps a value out of the log when %s fails', async (_, fail) => {
  const lines: string[] = []
  const log = createLog('test', 'info', { write: (line) => void lines.push(line) })
  const error = await fail().then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(Error)
  log.error({ err: error }, 'unexpected error')
  log.error({ err: new Error('the work failed', { cause: error }) }, 'unexpected error')
  log.error(error)
  expect(lines.join('')).not.toContain(SECRET)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    err: { message: expect.stringMatching(/./), stack: expect.stringMatching(/^\s+at /) },
  })
})

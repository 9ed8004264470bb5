import { randomUUID } from 'node:crypto'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newId } from '../../ids.ts'
import { newEvent } from '../new-event.ts'
import { inboxSuite } from './inbox-suite.ts'
import { outboxSuite } from './outbox-suite.ts'
import { append, claim, claimEach, cleanUp, createMessageTables, createOutbox, type MessageTables } from './postgres.ts'

interface Schema extends MessageTables {
  causes: { name: string }
}

const name = `test_kit_${randomUUID().slice(0, 8)}`
const url = new URL(process.env.POSTGRES_URL ?? '')
const connect = () =>
  new Kysely<Schema>({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url.href }) }) })
let db: Kysely<Schema>

beforeAll(async () => {
  const administration = connect()
  await sql`create database ${sql.id(name)}`.execute(administration)
  await administration.destroy()
  url.pathname = `/${name}`
  db = connect()
  await createMessageTables(db)
  await sql`create table causes (name text not null)`.execute(db)
})

beforeEach(async () => {
  for (const table of ['outbox', 'inbox', 'causes'] as const) await db.deleteFrom(table).execute()
})

afterAll(async () => {
  await db.destroy()
  url.pathname = '/postgres'
  const administration = connect()
  await sql`drop database ${sql.id(name)}`.execute(administration)
  await administration.destroy()
})

const causes = async () => (await db.selectFrom('causes').select('name').execute()).map((row) => row.name)

describe('the outbox in PostgreSQL', () => {
  outboxSuite(async () => ({
    replica: () => createOutbox(db),
    write: (cause, event, fails) =>
      db.transaction().execute(async (tx) => {
        await tx.insertInto('causes').values({ name: cause }).execute()
        await append(tx, event)
        if (fails) throw new Error('rolled back')
      }),
    causes,
    holder: ['postgres', url.href],
    close: async () => undefined,
  }))
})

describe('the inbox in PostgreSQL', () => {
  inboxSuite(async () => ({
    handle: (eventId, fails) =>
      db.transaction().execute(async (tx) => {
        if (!(await claim(tx, eventId))) return false
        await tx.insertInto('causes').values({ name: eventId }).execute()
        if (fails) throw new Error('rolled back')
        return true
      }),
    counted: async () => (await causes()).length,
    close: async () => undefined,
  }))
})

describe('events that are claimed together', () => {
  const claimTogether = (ids: readonly string[]) => db.transaction().execute((tx) => claimEach(tx, ids))

  it('are those that were not handled before, as they were given', async () => {
    const [before, fresh, another] = [newId(), newId(), newId().toUpperCase()]
    await claim(db, before)
    expect(await claimTogether([fresh, before, another])).toEqual([fresh, another])
    expect(await claimTogether([fresh, before, another])).toEqual([])
    expect(await claim(db, another)).toBe(false)
  })

  it('are claimed by one of two that have them in other orders, and neither waits in a circle', async () => {
    for (let round = 0; round < 5; round++) {
      const ids = Array.from({ length: 500 }, newId)
      const claims = await Promise.all([claimTogether(ids), claimTogether(ids.toReversed())])
      expect(claims.flat().toSorted()).toEqual(ids.toSorted())
    }
  })
})

it('asks once and no more while nothing waits', async () => {
  const statements: string[] = []
  const watched = new Kysely<Schema>({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url.href }) }),
    log: ({ query }) => void statements.push(query.sql),
  })
  await createOutbox(watched).drain(10, () => Promise.reject(new Error('nothing waits')))
  expect(statements).toHaveLength(1)
  await watched.destroy()
})

it('forgets published events after a week and handled ones after 30 days, and what waits never', async () => {
  const event = () => newEvent('order', 'order_closed', { orderId: newId(), attempt: 1, reason: 'cancelled' })
  await append(db, event())
  await createOutbox(db).drain(1, async () => undefined)
  await append(db, event())
  await claim(db, newId())
  const rows = async () => [
    (await db.selectFrom('outbox').selectAll().execute()).length,
    (await db.selectFrom('inbox').selectAll().execute()).length,
  ]
  const afterDays = async (days: number) => {
    await cleanUp(db, Date.now() + days * 24 * 3600 * 1000)
    return rows()
  }
  expect(await afterDays(6)).toEqual([2, 1])
  expect(await afterDays(8)).toEqual([1, 1])
  expect(await afterDays(31)).toEqual([1, 0])
})

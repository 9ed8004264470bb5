import { randomUUID } from 'node:crypto'
import type { Event } from '@portico/contracts'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe } from 'vitest'
import { inboxSuite } from './inbox-suite.ts'
import { claim, createMessageIndexes, createOutbox, inboxOf, type WithOutbox, withEvents } from './mongodb.ts'
import { outboxSuite } from './outbox-suite.ts'

interface Cause extends WithOutbox {
  readonly _id: string
  readonly names: readonly string[]
}

const url = process.env.MONGODB_URL ?? ''
const name = `test_kit_${randomUUID().slice(0, 8)}`
const client = new MongoClient(url, { writeConcern: { w: 'majority', journal: true } })
const db = client.db(name)
const causes = db.collection<Cause>('causes')

beforeAll(() => createMessageIndexes(db, ['causes']))

afterAll(async () => {
  await db.dropDatabase()
  await client.close()
})

const clear = async () => {
  await causes.deleteMany({})
  await inboxOf(db).deleteMany({})
}

describe('the outbox in MongoDB', () => {
  outboxSuite(async () => ({
    replica: () => createOutbox(db.collection('causes'), db, 2000),
    write: async (cause, event: Event, fails) => {
      // A push onto what is no array is refused, and the whole update with it.
      const also = fails ? { $push: { _id: 'x' } } : { $push: { names: cause } }
      await causes.updateOne({ _id: event.subject }, withEvents<Cause>(also as object, event), { upsert: true })
    },
    causes: async () => (await causes.find().toArray()).flatMap(({ names }) => names),
    holder: ['mongodb', url, name],
    close: clear,
  }))
})

describe('the inbox in MongoDB', () => {
  inboxSuite(async () => ({
    handle: (eventId, fails) =>
      client.withSession((session) =>
        session.withTransaction(async () => {
          if (!(await claim(db, session, eventId))) return false
          await causes.updateOne({ _id: 'counter' }, { $push: { names: eventId } }, { upsert: true, session })
          if (fails) throw new Error('rolled back')
          return true
        }),
      ),
    counted: async () => (await causes.findOne({ _id: 'counter' }))?.names.length ?? 0,
    close: clear,
  }))
})

import type { Event } from '@portico/contracts'
import type { ClientSession, Collection, Db, Document, UpdateFilter } from 'mongodb'
import type { Outbox } from '../outbox.ts'
import { HANDLED_KEPT_MS } from './kept.ts'
import { type Lease, whileLeased } from './lease.ts'

/** What a document holds besides its own fields, if its changes are published. */
export interface WithOutbox {
  /** Events that are not yet on the bus, oldest first. */
  readonly outbox?: readonly Event[]
}

export interface InboxDocument {
  /** The event's id. */
  readonly _id: string
  readonly handledAt: Date
}

interface LockDocument {
  readonly _id: string
  readonly holder: string
  readonly until: Date
}

/** A dead relay's lock ends by itself after so long; a living one renews it. */
const LOCK_MS = 10_000
const DUPLICATE_KEY = 11_000

/** Makes the indexes that outbox and inbox need; what is there stays. */
export async function createMessageIndexes(db: Db, publishing: readonly string[]): Promise<void> {
  for (const name of publishing) await db.collection(name).createIndex({ 'outbox.id': 1 }, { sparse: true })
  await inboxOf(db).createIndex({ handledAt: 1 }, { expireAfterSeconds: HANDLED_KEPT_MS / 1000 })
}

/** An update that also says something: events go into the outbox of the very document, so in the same write. */
export function withEvents<T extends WithOutbox>(update: UpdateFilter<T>, ...events: Event[]): UpdateFilter<T> {
  return { ...update, $push: { ...update.$push, outbox: { $each: events } } } as unknown as UpdateFilter<T>
}

export const inboxOf = (db: Db): Collection<InboxDocument> => db.collection<InboxDocument>('inbox')

/**
 * Takes an event as one's own, in the transaction of its effect; MongoDB itself forgets it after 30 days.
 * @returns false when it was handled before
 */
export async function claim(db: Db, session: ClientSession, eventId: string): Promise<boolean> {
  const { upsertedCount } = await inboxOf(db).updateOne(
    { _id: eventId },
    { $setOnInsert: { handledAt: new Date() } },
    { upsert: true, session },
  )
  return upsertedCount > 0
}

/**
 * The outbox that the relay drains: events lie in the documents that they are about, each document's in order, and the
 * document whose first event is oldest comes first (ids of version 7 are in order of time).
 */
export function createOutbox(collection: Collection<Document>, db: Db, lockMs = LOCK_MS): Outbox {
  const waiting = { 'outbox.id': { $gt: '' } }
  return {
    drain: async (limit, publish) =>
      (await whileLeased(leaseIn(db, `relay ${collection.collectionName}`, lockMs), async () => {
        const found = await collection
          .find(waiting, { projection: { outbox: 1 } })
          .sort({ 'outbox.id': 1 })
          .limit(limit)
          .toArray()
        const events = found.flatMap(({ outbox }) => outbox as Event[]).slice(0, limit)
        if (events.length === 0) return 0
        await publish(events)
        const ids = events.map(({ id }) => id)
        const about = { _id: { $in: found.map(({ _id }) => _id) } }
        await collection.updateMany(about, {
          $pull: { outbox: { id: { $in: ids } } },
        } as unknown as UpdateFilter<Document>)
        return events.length
      })) ?? 0,
    depth: async () => {
      const [row] = await collection
        .aggregate<{ waiting: number; oldest: string }>([
          { $match: waiting },
          { $unwind: '$outbox' },
          { $group: { _id: null, waiting: { $sum: 1 }, oldest: { $min: '$outbox.time' } } },
        ])
        .toArray()
      return { waiting: row?.waiting ?? 0, oldestAt: row && Date.parse(row.oldest) }
    },
  }
}

function leaseIn(db: Db, name: string, lastsMs: number): Lease {
  const locks = db.collection<LockDocument>('locks')
  const until = () => new Date(Date.now() + lastsMs)
  return {
    lastsMs,
    take: async (holder) => {
      try {
        const ended = { _id: name, until: { $lt: new Date() } }
        await locks.updateOne(ended, { $set: { holder, until: until() } }, { upsert: true })
        return true
      } catch (error) {
        // It is there and has not ended, so the upsert tried to insert a second one.
        if ((error as { code?: unknown }).code === DUPLICATE_KEY) return false
        throw error
      }
    },
    renew: async (holder) =>
      (await locks.updateOne({ _id: name, holder }, { $set: { until: until() } })).matchedCount > 0,
    release: async (holder) => void (await locks.deleteOne({ _id: name, holder })),
  }
}

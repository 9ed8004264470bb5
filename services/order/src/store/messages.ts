import type { Event } from '@portico/contracts'
import type { Outbox } from '@portico/service-kit'
import type { DeleteResult } from 'kysely'
import { type Db, type Tx, whileLocked } from './database.ts'

const RELAY_LOCK = 'relay'
const KEPT_MS = 7 * 24 * 3600 * 1000
const CLEAN_UP_LIMIT = 500

/** Takes an event as one's own, once and for all. @returns false when it was handled before */
export async function claim(tx: Tx, eventId: string): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('inbox')
    .ignore()
    .values({ event_id: eventId, handled_at: new Date() })
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function append(tx: Tx, event: Event): Promise<void> {
  await tx
    .insertInto('outbox')
    .values({ event: JSON.stringify(event), created_at: new Date(), published_at: null })
    .execute()
}

/**
 * The outbox that the relay drains. Positions are given before a commit, so a later one can be seen first; that does no
 * harm, since the events of one order are written under the lock of its row.
 */
export function createOutbox(db: Db): Outbox {
  return {
    drain: async (limit, publish) => {
      const count = await whileLocked(db, RELAY_LOCK, async (connection) => {
        const rows = await connection
          .selectFrom('outbox')
          .select(['position', 'event'])
          .where('published_at', 'is', null)
          .orderBy('position')
          .limit(limit)
          .execute()
        if (rows.length === 0) return 0
        await publish(rows.map((row) => JSON.parse(row.event) as Event))
        await connection
          .updateTable('outbox')
          .set({ published_at: new Date() })
          .where(
            'position',
            'in',
            rows.map((row) => row.position),
          )
          .execute()
        return rows.length
      })
      return count ?? 0
    },
    depth: async () => {
      const row = await db
        .selectFrom('outbox')
        .select(({ fn }) => [fn.countAll<number>().as('waiting'), fn.min('created_at').as('oldest')])
        .where('published_at', 'is', null)
        .executeTakeFirstOrThrow()
      return { waiting: Number(row.waiting), oldestAt: row.oldest?.getTime() }
    },
  }
}

/**
 * Drops published events after a week, and as long after it what is known of handled ones. Answers under their keys
 * stay as long as their orders: a customer who asks again must be told of the order, however late.
 */
export async function cleanUp(db: Db, now = Date.now()): Promise<void> {
  const before = new Date(now - KEPT_MS)
  await inBatches(db.deleteFrom('outbox').where('published_at', '<', before).limit(CLEAN_UP_LIMIT))
  await inBatches(db.deleteFrom('inbox').where('handled_at', '<', before).limit(CLEAN_UP_LIMIT))
}

/** Few rows at once, so that nobody waits long for their locks. */
async function inBatches(deletion: { executeTakeFirst(): Promise<DeleteResult | undefined> }): Promise<void> {
  let deleted: bigint
  do deleted = (await deletion.executeTakeFirst())?.numDeletedRows ?? 0n
  while (deleted >= CLEAN_UP_LIMIT)
}

import type { Event } from '@portico/contracts'
import type { Outbox } from '@portico/service-kit'
import { sql } from 'kysely'
import type { Db, Tx } from './database.ts'

/** Any number, the same in every replica: who holds it is the relay. */
const RELAY_LOCK = 7_305_001

/** Takes an event as one's own, once and for all. @returns false when it was handled before */
export async function claim(tx: Tx, eventId: string): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('inbox')
    .values({ event_id: eventId })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function append(tx: Tx, event: Event): Promise<void> {
  await tx
    .insertInto('outbox')
    .values({ event: JSON.stringify(event), published_at: null })
    .execute()
}

/** The outbox that the relay drains; published events are kept for a week. */
export function createOutbox(db: Db): Outbox {
  return {
    drain: (limit, publish) =>
      db.transaction().execute(async (tx) => {
        const lock = await sql<{ held: boolean }>`select pg_try_advisory_xact_lock(${RELAY_LOCK}) as held`.execute(tx)
        if (!lock.rows[0]?.held) return 0
        const rows = await tx
          .selectFrom('outbox')
          .select(['position', 'event'])
          .where('published_at', 'is', null)
          .orderBy('position')
          .limit(limit)
          .execute()
        if (rows.length === 0) return 0
        await publish(rows.map((row) => row.event))
        await tx
          .updateTable('outbox')
          .set({ published_at: sql`now()` })
          .where(
            'position',
            'in',
            rows.map((row) => row.position),
          )
          .execute()
        await tx.deleteFrom('outbox').where('published_at', '<', sql<Date>`now() - interval '7 days'`).execute()
        return rows.length
      }),
    depth: async () => {
      const row = await db
        .selectFrom('outbox')
        .select([sql<number>`count(*)`.as('waiting'), sql<Date | null>`min(created_at)`.as('oldest')])
        .where('published_at', 'is', null)
        .executeTakeFirstOrThrow()
      return { waiting: row.waiting, oldestAt: row.oldest?.getTime() }
    },
  }
}

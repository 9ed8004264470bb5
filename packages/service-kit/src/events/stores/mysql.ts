import type { Event } from '@portico/contracts'
import { type Generated, type Kysely, type QueryExecutorProvider, sql } from 'kysely'
import type { Outbox } from '../outbox.ts'
import { CLEAN_UP_LIMIT, HANDLED_KEPT_MS, inBatches, PUBLISHED_KEPT_MS } from './kept.ts'

export { CLEAN_UP_LIMIT, inBatches } from './kept.ts'

/** The two tables, for the schema of a service that has them. */
export interface MessageTables {
  outbox: { position: Generated<number>; event: string; created_at: Date; published_at: Date | null }
  inbox: { event_id: string; handled_at: Date }
}

/** Makes the two tables: what a service's migration calls. Works again after a crash in the middle. */
export async function createMessageTables(db: QueryExecutorProvider): Promise<void> {
  await sql`
    create table if not exists outbox (
      position bigint not null auto_increment primary key,
      event longtext not null,
      created_at datetime(3) not null,
      published_at datetime(3),
      key outbox_unpublished (published_at, position)
    ) engine = innodb character set utf8mb4`.execute(db)
  await sql`
    create table if not exists inbox (
      event_id char(36) character set ascii not null primary key,
      handled_at datetime(3) not null,
      key inbox_by_time (handled_at)
    ) engine = innodb character set utf8mb4`.execute(db)
}

/** Writes events into the outbox, in the transaction of their cause. */
export async function append(tx: QueryExecutorProvider, ...events: Event[]): Promise<void> {
  if (events.length === 0) return
  const now = new Date()
  const rows = events.map((event) => [JSON.stringify(event), now])
  // mysql2 writes an array of arrays as `(…), (…)`.
  await sql`insert into outbox (event, created_at) values ${rows}`.execute(tx)
}

/**
 * Takes an event as one's own, in the transaction of its effect: another transaction with the same event waits for
 * this one's end. @returns false when it was handled before
 */
export async function claim(tx: QueryExecutorProvider, eventId: string): Promise<boolean> {
  const { numAffectedRows = 0n } =
    await sql`insert ignore into inbox (event_id, handled_at) values (${eventId}, ${new Date()})`.execute(tx)
  return numAffectedRows > 0n
}

/**
 * The outbox that the relay drains. Positions are given before a commit, so a later one can be seen first: events of
 * one subject stay in order where their transactions exclude each other, as by the lock of the subject's row.
 */
export function createOutbox<Schema extends MessageTables>(db: Kysely<Schema>): Outbox {
  return {
    drain: async (limit, publish) =>
      (await whileLocked(db, 'relay', async (connection) => {
        const { rows } = await sql<{ position: number; event: string }>`
          select position, event from outbox where published_at is null order by position limit ${limit}`.execute(
          connection,
        )
        if (rows.length === 0) return 0
        await publish(rows.map(({ event }) => JSON.parse(event) as Event))
        const positions = rows.map(({ position }) => position)
        await sql`update outbox set published_at = ${new Date()} where position in (${positions})`.execute(connection)
        return rows.length
      })) ?? 0,
    depth: async () => {
      const { rows } = await sql<{ waiting: number; oldest: Date | null }>`
        select count(*) as waiting, min(created_at) as oldest from outbox where published_at is null`.execute(db)
      return { waiting: Number(rows[0]?.waiting ?? 0), oldestAt: rows[0]?.oldest?.getTime() }
    },
  }
}

/** Drops published events after a week, and after 30 days what is known of handled ones. */
export async function cleanUp(db: QueryExecutorProvider, now = Date.now()): Promise<void> {
  const published = new Date(now - PUBLISHED_KEPT_MS)
  const handled = new Date(now - HANDLED_KEPT_MS)
  const outbox = sql`delete from outbox where published_at < ${published} limit ${sql.lit(CLEAN_UP_LIMIT)}`
  const inbox = sql`delete from inbox where handled_at < ${handled} limit ${sql.lit(CLEAN_UP_LIMIT)}`
  for (const deletion of [outbox, inbox])
    await inBatches(async () => Number((await deletion.execute(db)).numAffectedRows ?? 0n))
}

/**
 * Does work while holding a named lock, which ends with its connection, so that a crash can't leave it behind. Names
 * are the server's, at most 64 characters: hashed with the database's, so that shops on one server don't meet.
 * @returns undefined when somebody else holds it
 */
async function whileLocked<Schema, T>(
  db: Kysely<Schema>,
  name: string,
  work: (db: Kysely<Schema>) => Promise<T>,
): Promise<T | undefined> {
  return db.connection().execute(async (connection) => {
    const lock = sql`sha2(concat(database(), ' ', ${name}), 256)`
    const { rows } = await sql<{ held: number }>`select get_lock(${lock}, 0) as held`.execute(connection)
    if (rows[0]?.held !== 1) return undefined
    try {
      return await work(connection)
    } finally {
      await sql`do release_lock(${lock})`.execute(connection)
    }
  })
}

import type { Event } from '@portico/contracts'
import { type ColumnType, type Generated, type Kysely, type QueryExecutorProvider, sql } from 'kysely'
import type { Outbox } from '../outbox.ts'
import { CLEAN_UP_LIMIT, HANDLED_KEPT_MS, inBatches, PUBLISHED_KEPT_MS } from './kept.ts'

/** The two tables, for the schema of a service that has them. */
export interface MessageTables {
  outbox: {
    position: Generated<number>
    event: ColumnType<Event, string, never>
    created_at: Generated<Date>
    published_at: Date | null
  }
  inbox: { event_id: string; handled_at: Generated<Date> }
}

/** Makes the two tables and their indexes: what a service's migration calls. */
export async function createMessageTables(db: QueryExecutorProvider): Promise<void> {
  await sql`
    create table outbox (
      position bigint generated always as identity primary key,
      event jsonb not null,
      created_at timestamptz(3) not null default now(),
      published_at timestamptz(3)
    )`.execute(db)
  await sql`create index outbox_unpublished on outbox (position) where published_at is null`.execute(db)
  await sql`create table inbox (event_id uuid primary key, handled_at timestamptz(3) not null default now())`.execute(
    db,
  )
  await createTimeIndexes(db)
}

/** What the clean-up finds old rows by. */
export async function createTimeIndexes(db: QueryExecutorProvider): Promise<void> {
  await sql`create index outbox_published on outbox (published_at) where published_at is not null`.execute(db)
  await sql`create index inbox_by_time on inbox (handled_at)`.execute(db)
}

/** Writes an event into the outbox, in the transaction of its cause. */
export async function append(tx: QueryExecutorProvider, event: Event): Promise<void> {
  await sql`insert into outbox (event) values (${JSON.stringify(event)}::jsonb)`.execute(tx)
}

/**
 * Takes an event as one's own, in the transaction of its effect: another transaction with the same event waits for
 * this one's end. @returns false when it was handled before
 */
export async function claim(tx: QueryExecutorProvider, eventId: string): Promise<boolean> {
  const { numAffectedRows = 0n } =
    await sql`insert into inbox (event_id) values (${eventId}) on conflict do nothing`.execute(tx)
  return numAffectedRows > 0n
}

/**
 * Takes several events as one's own, in the transaction of their effects, see `claim`.
 * @returns those of them that were not handled before, as they were given
 */
export async function claimEach(tx: QueryExecutorProvider, eventIds: readonly string[]): Promise<string[]> {
  // In one order, so that no two transactions wait for each other.
  const { rows } = await sql<{ event_id: string }>`
    insert into inbox (event_id) select unnest(${eventIds.toSorted()}::uuid[])
    on conflict do nothing returning event_id`.execute(tx)
  const claimed = new Set(rows.map((row) => row.event_id))
  return eventIds.filter((id) => claimed.has(id.toLowerCase()))
}

/**
 * The outbox that the relay drains. Positions are given before a commit, so a later one can be seen first: events of
 * one subject stay in order where their transactions exclude each other, as by the lock of the subject's row.
 */
export function createOutbox<Schema extends MessageTables>(db: Kysely<Schema>): Outbox {
  return {
    drain: async (limit, publish) =>
      (await whileSomethingWaits(db, async (connection) => {
        const { rows } = await sql<{ position: string; event: Event }>`
          select position::text, event from outbox
          where published_at is null order by outbox.position limit ${limit}`.execute(connection)
        if (rows.length === 0) return 0
        await publish(rows.map(({ event }) => event))
        const positions = rows.map(({ position }) => position)
        await sql`update outbox set published_at = now() where position = any(${positions}::bigint[])`.execute(
          connection,
        )
        return rows.length
      })) ?? 0,
    depth: async () => {
      const { rows } = await sql<{ waiting: number; oldest: Date | null }>`
        select count(*)::int as waiting, min(created_at) as oldest from outbox where published_at is null`.execute(db)
      return { waiting: rows[0]?.waiting ?? 0, oldestAt: rows[0]?.oldest?.getTime() }
    },
  }
}

/** Drops published events after a week, and after 30 days what is known of handled ones. */
export async function cleanUp(db: QueryExecutorProvider, now = Date.now()): Promise<void> {
  const published = new Date(now - PUBLISHED_KEPT_MS)
  const handled = new Date(now - HANDLED_KEPT_MS)
  const outbox = sql`
    delete from outbox where position in (
      select position from outbox where published_at < ${published} limit ${sql.lit(CLEAN_UP_LIMIT)})`
  const inbox = sql`
    delete from inbox where event_id in (
      select event_id from inbox where handled_at < ${handled} limit ${sql.lit(CLEAN_UP_LIMIT)})`
  for (const deletion of [outbox, inbox])
    await inBatches(async () => Number((await deletion.execute(db)).numAffectedRows ?? 0n))
}

/**
 * Does work while events wait, holding a lock of this schema, which ends with its connection, so that a crash can't leave
 * it behind; no transaction is open meanwhile. An idle relay asks this one question and no more.
 * @returns undefined when nothing waits, or somebody else holds the lock
 */
async function whileSomethingWaits<Schema, T>(
  db: Kysely<Schema>,
  work: (db: Kysely<Schema>) => Promise<T>,
): Promise<T | undefined> {
  return db.connection().execute(async (connection) => {
    const lock = sql`hashtextextended(current_schema() || ' relay', 0)`
    const { rows } = await sql<{ held: boolean }>`
      select pg_try_advisory_lock(${lock}) as held
      where exists (select from outbox where published_at is null)`.execute(connection)
    if (!rows[0]?.held) return undefined
    try {
      return await work(connection)
    } finally {
      await sql`select pg_advisory_unlock(${lock})`.execute(connection)
    }
  })
}

import type { Event, TimelineEntry } from '@portico/contracts'
import { sql } from 'kysely'
import type { Db } from './database.ts'

/** What happened to an order, the earliest first: its changes of status, and what was said of it and is still kept. */
export async function timelineOf(db: Db, orderId: string): Promise<TimelineEntry[]> {
  const [changes, events] = await Promise.all([changesOf(db, orderId), eventsOf(db, orderId)])
  return [...changes, ...events].sort((a, b) => a.at.localeCompare(b.at) || a.kind.localeCompare(b.kind) * -1)
}

async function changesOf(db: Db, orderId: string): Promise<TimelineEntry[]> {
  const rows = await db
    .selectFrom('status_changes')
    .selectAll()
    .where('order_id', '=', orderId)
    .orderBy('sequence')
    .execute()
  return rows.map((row) => ({
    kind: 'status',
    name: row.status,
    at: row.changed_at.toISOString(),
    eventId: row.event_id,
    attempt: null,
    requestId: null,
    publishedAt: null,
  }))
}

async function eventsOf(db: Db, orderId: string): Promise<TimelineEntry[]> {
  const { rows } = await sql<{ event: string; published_at: Date | null }>`
    select event, published_at from outbox where subject = ${orderId} order by position`.execute(db)
  return rows.map(({ event: text, published_at }) => {
    const event = JSON.parse(text) as Event
    return {
      kind: 'event',
      name: event.type,
      at: event.time,
      eventId: event.id,
      attempt: event.data.attempt,
      requestId: event.requestid ?? null,
      publishedAt: published_at?.toISOString() ?? null,
    }
  })
}

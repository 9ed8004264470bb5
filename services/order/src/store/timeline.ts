import type { Event, TimelineEntry } from '@portico/contracts'
import { sql } from 'kysely'
import type { Db } from './database.ts'
import type { Heard } from './inbox.ts'

/**
 * What happened to an order, the earliest first: its changes of status, what was said of it and what was heard, as far
 * as it is still kept. At one moment an event comes before the status that it gave.
 */
export async function timelineOf(db: Db, orderId: string): Promise<TimelineEntry[]> {
  const parts = await Promise.all([heardOf(db, orderId), changesOf(db, orderId), saidOf(db, orderId)])
  return parts.flat().sort((a, b) => a.at.localeCompare(b.at))
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
    source: 'order',
    attempt: null,
    requestId: row.request_id,
    publishedAt: null,
    heardAt: null,
  }))
}

async function saidOf(db: Db, orderId: string): Promise<TimelineEntry[]> {
  const { rows } = await sql<{ event: string; published_at: Date | null }>`
    select event, published_at from outbox where subject = ${orderId} order by position`.execute(db)
  return rows.map(({ event: text, published_at }) => {
    const event = JSON.parse(text) as Event
    return {
      kind: 'event',
      name: event.type,
      at: event.time,
      eventId: event.id,
      source: 'order',
      attempt: event.data.attempt,
      requestId: event.requestid ?? null,
      publishedAt: published_at?.toISOString() ?? null,
      heardAt: null,
    }
  })
}

async function heardOf(db: Db, orderId: string): Promise<TimelineEntry[]> {
  const { rows } = await sql<{ event_id: string; handled_at: Date; heard: string }>`
    select event_id, handled_at, heard from inbox where subject = ${orderId} order by handled_at`.execute(db)
  return rows.map(({ event_id, handled_at, heard }) => {
    const { type, source, time, attempt, requestId } = JSON.parse(heard) as Heard
    return {
      kind: 'event',
      name: type,
      at: time,
      eventId: event_id,
      source,
      attempt,
      requestId,
      publishedAt: null,
      heardAt: handled_at.toISOString(),
    }
  })
}

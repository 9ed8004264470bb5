import type { Event } from '@portico/contracts'
import { sql } from 'kysely'
import type { Tx } from './database.ts'

/** What the timeline tells of an event that was heard; of payments and people it keeps nothing. */
export interface Heard {
  readonly type: string
  /** The service that said it. */
  readonly source: string
  /** When it said so, RFC 3339. */
  readonly time: string
  readonly attempt: number
  readonly requestId: string | null
}

/** Some of the events were handled before: one by one it shows which. */
export class HandledBefore extends Error {
  override readonly name = 'HandledBefore'
}

/**
 * Takes events as one's own, in the transaction of their effect, and keeps for the timeline what was heard: `claim` of
 * the service kit, for all of them and with it in one statement. @throws HandledBefore unless all of them are new
 */
export async function hear(tx: Tx, events: readonly Event[]): Promise<void> {
  // In one order, so that replicas which are given the same don't wait in a circle.
  const rows = events.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(toRow)
  const { numAffectedRows } = await sql`
    insert ignore into inbox (event_id, handled_at, subject, heard) values ${rows}`.execute(tx)
  if (numAffectedRows !== BigInt(events.length)) throw new HandledBefore('some were handled before')
}

function toRow(event: Event): unknown[] {
  const heard: Heard = {
    type: event.type,
    source: event.source.replace(/^\//, ''),
    time: event.time,
    attempt: event.data.attempt,
    requestId: event.requestid?.slice(0, 255) ?? null,
  }
  return [event.id, new Date(), event.data.orderId, JSON.stringify(heard)]
}

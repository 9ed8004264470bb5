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

/**
 * Takes an event as one's own, in the transaction of its effect, and keeps for the timeline what was heard: `claim` of
 * the service kit in one statement with it. @returns false when it was handled before
 */
export async function hear(tx: Tx, event: Event): Promise<boolean> {
  const heard: Heard = {
    type: event.type,
    source: event.source.replace(/^\//, ''),
    time: event.time,
    attempt: event.data.attempt,
    requestId: event.requestid?.slice(0, 255) ?? null,
  }
  const { numAffectedRows = 0n } = await sql`
    insert ignore into inbox (event_id, handled_at, subject, heard)
    values (${event.id}, ${new Date()}, ${event.data.orderId}, ${JSON.stringify(heard)})`.execute(tx)
  return numAffectedRows > 0n
}

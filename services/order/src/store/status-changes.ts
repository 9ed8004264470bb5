import type { OrderStatus } from '@portico/contracts'
import { newId } from '@portico/service-kit'
import { sql } from 'kysely'
import type { PlacedOrder } from '../orders.ts'
import type { Db, Tx } from './database.ts'
import type { Occasion } from './orders.ts'

export interface StatusChange {
  readonly sequence: number
  readonly eventId: string
  readonly orderId: string
  readonly status: OrderStatus
  readonly at: Date
}

/**
 * Notes that an order has a status, in the transaction that gave it. The customer's sequence stays locked until the
 * commit, so that who has seen a number has seen all below it.
 */
export async function noteStatus(tx: Tx, order: PlacedOrder, { now, requestId }: Occasion): Promise<void> {
  const { customerId: customer_id, id: order_id, status } = order
  await sql`
    insert into status_sequences (customer_id, last) values (${customer_id}, 1)
    on duplicate key update last = last + 1`.execute(tx)
  await sql`
    insert into status_changes (customer_id, sequence, event_id, order_id, status, changed_at, request_id)
    select customer_id, last, ${newId()}, ${order_id}, ${status}, ${now}, ${requestId?.slice(0, 255) ?? null}
    from status_sequences where customer_id = ${customer_id}`.execute(tx)
}

/** The number of each customer's last change; customers without one are left out. */
export async function lastSequences(db: Db, customerIds: readonly string[]): Promise<Map<string, number>> {
  if (customerIds.length === 0) return new Map()
  const rows = await db.selectFrom('status_sequences').selectAll().where('customer_id', 'in', customerIds).execute()
  return new Map(rows.map((row) => [row.customer_id, Number(row.last)]))
}

/** The number of a change that a customer has seen, if it is theirs. */
export async function sequenceOf(db: Db, customerId: string, eventId: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('status_changes')
    .select('sequence')
    .where('event_id', '=', eventId)
    .where('customer_id', '=', customerId)
    .executeTakeFirst()
  return row && Number(row.sequence)
}

/** A customer's changes after a number, in order. */
export async function changesAfter(
  db: Db,
  customerId: string,
  sequence: number,
  limit: number,
): Promise<StatusChange[]> {
  const rows = await db
    .selectFrom('status_changes')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('sequence', '>', sequence)
    .orderBy('sequence')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    sequence: Number(row.sequence),
    eventId: row.event_id,
    orderId: row.order_id,
    status: row.status,
    at: row.changed_at,
  }))
}

import type { OrderStatus } from '@portico/contracts'
import { newId } from '@portico/service-kit'
import { sql } from 'kysely'
import { hourOf } from '../limits.ts'
import type { Db, Tx } from './database.ts'
import { insertRows } from './insert-rows.ts'

export interface StatusChange {
  readonly sequence: number
  readonly requestId: string | null
  readonly eventId: string
  readonly orderId: string
  readonly status: OrderStatus
  readonly at: Date
}

/** That an order got a status, and by which request, where known. */
export interface StatusNote {
  readonly customerId: string
  readonly orderId: string
  readonly status: OrderStatus
  readonly at: Date
  readonly requestId: string | null
}

/**
 * Notes that orders have a status, in the transaction that gave it, in the order in which they got it. The customers'
 * sequences stay locked until the commit, so that who has seen a number has seen all below it; they are locked in the
 * order of the customers, so that nobody waits in a circle. The same rows count attempts to pay, see `standingsOf`.
 */
export async function noteStatuses(tx: Tx, notes: readonly StatusNote[]): Promise<void> {
  if (notes.length === 0) return
  const byCustomer = [...Map.groupBy(notes, ({ customerId }) => customerId)].sort(([a], [b]) => (a < b ? -1 : 1))
  const counts = byCustomer.map(([customerId, own]) => [customerId, own.length, unpaidAttempts(own), lastHour(own)])
  // Assignments are made from left to right. Of replicas whose clocks differ, the later hour counts.
  await sql`
    insert into status_sequences (customer_id, last, attempts, attempts_hour) values ${counts}
    on duplicate key update last = last + values(last),
      attempts = greatest(0, if(values(attempts_hour) > attempts_hour, 0, attempts) + values(attempts)),
      attempts_hour = greatest(attempts_hour, values(attempts_hour))`.execute(tx)
  const last = await lastSequences(
    tx,
    byCustomer.map(([customerId]) => customerId),
  )
  const rows = byCustomer.flatMap(([customer_id, own]) =>
    own.map(({ orderId, status, at, requestId }, index) => ({
      ...{ customer_id, sequence: (last.get(customer_id) ?? 0) - (own.length - 1 - index), event_id: newId() },
      ...{ order_id: orderId, status, changed_at: at, request_id: requestId?.slice(0, 255) ?? null },
    })),
  )
  await insertRows(tx, 'status_changes', rows)
}

/** What changes of status add to the attempts to pay that led to no paid order, or take from them. */
function unpaidAttempts(notes: readonly StatusNote[]): number {
  const weights: Partial<Record<OrderStatus, number>> = { pending: 1, paid: -1, refunded: 1 }
  return notes.reduce((sum, { status }) => sum + (weights[status] ?? 0), 0)
}

const lastHour = (notes: readonly StatusNote[]): number => Math.max(...notes.map(({ at }) => hourOf(at)))

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
    requestId: row.request_id,
    eventId: row.event_id,
    orderId: row.order_id,
    status: row.status,
    at: row.changed_at,
  }))
}

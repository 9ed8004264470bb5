import type { OrderStatus } from '@portico/contracts'
import { append } from '@portico/service-kit/mysql'
import { type Selectable, sql } from 'kysely'
import type { Decision, PlacedOrder } from '../orders.ts'
import type { Db, Schema, Tx } from './database.ts'
import { cursorAt, type Position } from './position.ts'
import { noteStatus } from './status-changes.ts'

type Row = Selectable<Schema['orders']>
type LineRow = Selectable<Schema['order_lines']>

/** When something happens to an order, and in answer to which request, where known. */
export interface Occasion {
  readonly now: Date
  readonly requestId?: string | undefined
}

function toPlacedOrder(row: Row, lines: readonly LineRow[]): PlacedOrder {
  return {
    id: row.id,
    customerId: row.customer_id,
    status: row.status,
    attempt: row.attempt,
    lines: lines.map((line) => ({
      productId: line.product_id,
      name: line.name,
      quantity: line.quantity,
      unitPrice: { amount: line.unit_amount, currency: row.currency },
    })),
    total: { amount: row.total_amount, currency: row.currency },
    refundedAmount: row.refunded_amount,
    paymentId: row.payment_id,
    returning: row.returning_all === 1,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  }
}

export async function insertOrder(tx: Tx, order: PlacedOrder, requestId?: string): Promise<void> {
  await tx
    .insertInto('orders')
    .values({
      id: order.id,
      customer_id: order.customerId,
      status: order.status,
      attempt: order.attempt,
      currency: order.total.currency,
      total_amount: order.total.amount,
      refunded_amount: order.refundedAmount,
      payment_id: order.paymentId,
      returning_all: 0,
      created_at: order.createdAt,
      changed_at: order.changedAt,
    })
    .execute()
  await tx
    .insertInto('order_lines')
    .values(
      order.lines.map((line, position) => ({
        order_id: order.id,
        position,
        product_id: line.productId,
        name: line.name,
        quantity: line.quantity,
        unit_amount: line.unitPrice.amount,
      })),
    )
    .execute()
  await noteStatus(tx, order, { now: order.createdAt, requestId })
}

export async function findOrder(db: Db, id: string): Promise<PlacedOrder | undefined> {
  const row = await db.selectFrom('orders').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toPlacedOrder(row, await linesOf(db, [id]))
}

/** Reads an order and locks it until the transaction ends. */
export async function lockOrder(tx: Tx, id: string): Promise<PlacedOrder | undefined> {
  const row = await tx.selectFrom('orders').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
  return row && toPlacedOrder(row, await linesOf(tx, [id]))
}

/**
 * Writes what was decided about an order, and its events into the outbox. The statement names the state that the
 * decision was made on, so that of two callers only one can win.
 * @returns whether the order was still in that state
 */
export async function apply(tx: Tx, order: PlacedOrder, decision: Decision, occasion: Occasion): Promise<boolean> {
  const { change, events } = decision
  const { numUpdatedRows } = await tx
    .updateTable('orders')
    .set({
      ...(change.status !== undefined && { status: change.status }),
      ...(change.attempt !== undefined && { attempt: change.attempt }),
      ...(change.refundedAmount !== undefined && { refunded_amount: change.refundedAmount }),
      ...(change.paymentId !== undefined && { payment_id: change.paymentId }),
      ...(change.returning !== undefined && { returning_all: change.returning ? 1 : 0 }),
      changed_at: change.status === undefined ? order.changedAt : occasion.now,
    })
    .where('id', '=', order.id)
    .where('status', '=', order.status)
    .where('attempt', '=', order.attempt)
    .where('refunded_amount', '=', order.refundedAmount)
    .where('returning_all', '=', order.returning ? 1 : 0)
    .where(sql<boolean>`payment_id <=> ${order.paymentId}`)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return false
  if (change.status !== undefined) await noteStatus(tx, { ...order, ...change }, occasion)
  const { requestId } = occasion
  for (const event of events) await append(tx, { ...event, ...(requestId && { requestid: requestId }) })
  return true
}

/** Orders that come after a place in such a list. */
export const before = ({ createdAt, id }: Position) =>
  sql<boolean>`(created_at < ${createdAt} or (created_at = ${createdAt} and id < ${id}))`

/** One page of a customer's orders, the newest first. `after` is the last item's creation time and id. */
export async function listOrders(
  db: Db,
  page: {
    customerId: string
    status?: OrderStatus | undefined
    limit: number
    after?: Position | undefined
  },
): Promise<{ orders: PlacedOrder[]; nextCursor: string | null }> {
  let select = db.selectFrom('orders').selectAll().where('customer_id', '=', page.customerId)
  if (page.status) select = select.where('status', '=', page.status)
  if (page.after) select = select.where(before(page.after))
  const rows = await select
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute()
  const shown = rows.slice(0, page.limit)
  const last = shown.at(-1)
  return {
    orders: await withLines(db, shown),
    nextCursor: rows.length > page.limit && last ? cursorAt({ createdAt: last.created_at, id: last.id }) : null,
  }
}

/** Orders of rows, with their lines. */
export async function withLines(db: Db, rows: readonly Row[]): Promise<PlacedOrder[]> {
  const ids = rows.map((row) => row.id)
  const lines = Map.groupBy(await linesOf(db, ids), (line) => line.order_id)
  return rows.map((row) => toPlacedOrder(row, lines.get(row.id) ?? []))
}

/** Ids of orders whose payment failed before a time. */
export async function failedBefore(db: Db, before: Date, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('orders')
    .select('id')
    .where('status', '=', 'payment_failed')
    .where('changed_at', '<', before)
    .orderBy('changed_at')
    .limit(limit)
    .execute()
  return rows.map((row) => row.id)
}

async function linesOf(db: Db, ids: readonly string[]): Promise<LineRow[]> {
  if (ids.length === 0) return []
  return db
    .selectFrom('order_lines')
    .selectAll()
    .where('order_id', 'in', ids)
    .orderBy('order_id')
    .orderBy('position')
    .execute()
}

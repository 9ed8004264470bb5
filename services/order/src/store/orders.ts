import type { OrderStatus } from '@portico/contracts'
import { cursorAt, type Position } from '@portico/service-kit'
import { type Selectable, sql } from 'kysely'
import { type PlacedOrder, unitsOf } from '../orders.ts'
import type { Db, Schema, Tx } from './database.ts'
import { insertRows } from './insert-rows.ts'
import { noteStatuses, type StatusNote } from './status-changes.ts'

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

/** A new order, and the request that placed it, where known. */
export interface NewOrder {
  readonly order: PlacedOrder
  readonly requestId?: string | undefined
}

export async function insertOrders(tx: Tx, placed: readonly NewOrder[]): Promise<void> {
  const orders = placed.map(({ order }) => order)
  await insertRows(tx, 'orders', orders.map(toRow))
  await insertRows(tx, 'order_lines', orders.flatMap(toLineRows))
  await noteStatuses(
    tx,
    placed.map(({ order, requestId }) => noteOf(order, { now: order.createdAt, requestId })),
  )
}

const toRow = (order: PlacedOrder): Row => ({
  id: order.id,
  customer_id: order.customerId,
  status: order.status,
  attempt: order.attempt,
  currency: order.total.currency,
  total_amount: order.total.amount,
  refunded_amount: order.refundedAmount,
  payment_id: order.paymentId,
  returning_all: order.returning ? 1 : 0,
  units: unitsOf(order.lines),
  created_at: order.createdAt,
  changed_at: order.changedAt,
})

const toLineRows = ({ id, lines }: PlacedOrder): LineRow[] =>
  lines.map((line, position) => ({
    order_id: id,
    position,
    product_id: line.productId,
    name: line.name,
    quantity: line.quantity,
    unit_amount: line.unitPrice.amount,
  }))

export const noteOf = ({ id, customerId, status }: PlacedOrder, { now, requestId }: Occasion): StatusNote => ({
  ...{ customerId, orderId: id, status },
  ...{ at: now, requestId: requestId ?? null },
})

export async function findOrder(db: Db, id: string): Promise<PlacedOrder | undefined> {
  const row = await db.selectFrom('orders').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toPlacedOrder(row, await linesOf(db, [id]))
}

/** Reads an order and locks it until the transaction ends. */
export const lockOrder = async (tx: Tx, id: string): Promise<PlacedOrder | undefined> =>
  (await lockOrders(tx, [id])).get(id)

/** Reads orders and locks them until the transaction ends, in the order of their ids, so that nobody waits in a circle. */
export async function lockOrders(tx: Tx, ids: readonly string[]): Promise<Map<string, PlacedOrder>> {
  const rows = await tx.selectFrom('orders').selectAll().where('id', 'in', ids).orderBy('id').forUpdate().execute()
  return new Map((await withLines(tx, rows)).map((order) => [order.id, order]))
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

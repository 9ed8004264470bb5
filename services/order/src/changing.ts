import { decide, type Happening, type PlacedOrder } from './orders.ts'
import type { Db, Tx } from './store/database.ts'
import { apply, failedBefore, lockOrder, type Occasion } from './store/orders.ts'

const EXPIRES_AFTER_MS = 3600 * 1000
const SWEEP_LIMIT = 100

export type Changed =
  | { readonly outcome: 'changed'; readonly order: PlacedOrder }
  | { readonly outcome: 'unchanged'; readonly order: PlacedOrder }
  | { readonly outcome: 'absent' }

/** An order changed in spite of the lock of its row: nothing of it may stay, and whoever asked asks again. */
export class OrderMoved extends Error {
  override readonly name = 'OrderMoved'
}

/**
 * Lets something happen to an order under the lock of its row; its events go into the outbox with it.
 * @throws TooEarly, OrderMoved
 */
export async function letHappen(
  tx: Tx,
  orderId: string,
  happening: Happening,
  occasion: Occasion = { now: new Date() },
): Promise<Changed> {
  const order = await lockOrder(tx, orderId)
  if (!order) return { outcome: 'absent' }
  const decision = decide(order, happening)
  if (!decision) return { outcome: 'unchanged', order }
  if (!(await apply(tx, order, decision, occasion))) throw new OrderMoved(`order ${orderId} moved`)
  return { outcome: 'changed', order: { ...order, ...decision.change } }
}

/** Cancels orders whose payment failed more than an hour ago. @returns how many were looked at */
export async function expireOrders(db: Db, now = Date.now()): Promise<number> {
  const failedUntil = new Date(now - EXPIRES_AFTER_MS)
  const ids = await failedBefore(db, failedUntil, SWEEP_LIMIT)
  for (const id of ids) {
    await db.transaction().execute((tx) => letHappen(tx, id, { type: 'expire', failedUntil }, { now: new Date(now) }))
  }
  return ids.length
}

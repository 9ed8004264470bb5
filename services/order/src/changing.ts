import type { Trail } from '@portico/service-kit'
import { decide, type Happening, type PlacedOrder } from './orders.ts'
import type { Db, Tx } from './store/database.ts'
import { failedBefore, lockOrders, type Occasion } from './store/orders.ts'
import { follow, type Step, stepOf, takeSteps } from './store/steps.ts'

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

/** Something that happens to an order. */
export interface Occurrence {
  readonly orderId: string
  readonly happening: Happening
  readonly occasion: Occasion
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
  const [changed = absent] = await letAllHappen(tx, [{ orderId, happening, occasion }])
  return changed
}

/**
 * Lets things happen one after another, to one order or to many, and writes what came of all of them at once.
 * @throws TooEarly, OrderMoved
 */
export async function letAllHappen(tx: Tx, occurrences: readonly Occurrence[]): Promise<Changed[]> {
  const found = await lockOrders(
    tx,
    occurrences.map(({ orderId }) => orderId),
  )
  const steps = new Map<string, Step>()
  const changes = occurrences.map(({ orderId, happening, occasion }): Changed => {
    const before = steps.get(orderId)
    const order = before?.to ?? found.get(orderId)
    if (!order) return absent
    const decision = decide(order, happening)
    if (!decision) return { outcome: 'unchanged', order }
    const step = stepOf(order, decision, occasion)
    steps.set(orderId, before ? follow(before, step) : step)
    return { outcome: 'changed', order: step.to }
  })
  if (!(await takeSteps(tx, [...steps.values()]))) throw new OrderMoved('an order moved under its lock')
  return changes
}

const absent = { outcome: 'absent' } as const

/** Cancels orders whose payment failed more than an hour ago. @returns how many were looked at */
export async function expireOrders(db: Db, trail: Trail, now = Date.now()): Promise<number> {
  const failedUntil = new Date(now - EXPIRES_AFTER_MS)
  const ids = await failedBefore(db, failedUntil, SWEEP_LIMIT)
  for (const id of ids) {
    const expired = await db
      .transaction()
      .execute((tx) => letHappen(tx, id, { type: 'expire', failedUntil }, { now: new Date(now) }))
    if (expired.outcome !== 'changed') continue
    const { attempt, status } = expired.order
    trail('order expired', { orderId: id, attempt, status })
  }
  return ids.length
}

import type { EventOf } from '@portico/contracts'
import { AppError, type Handlers, newEvent } from '@portico/service-kit'
import { append, claim } from '@portico/service-kit/postgres'
import { attemptKeyOfEvent as keyOf, sameLines, transitions } from './attempts.ts'
import { sparingEndedHolds } from './holds.ts'
import { createSellHeld } from './sales-in-groups.ts'
import { type Attempt, lockAttempt } from './store/attempt-locks.ts'
import { CLOSED_KEPT_MS, giveBackLines, insertLines, moveAttempt } from './store/attempts.ts'
import type { Db, Tx } from './store/database.ts'
import { lockProducts, moveLines, moveLockedLines, priceLines } from './store/stock.ts'

type OrderPlaced = EventOf<'order_placed'>
type OrderClosed = EventOf<'order_closed'>

/** What an event does to the attempt that it is about, under the lock of it. */
type Effect<E> = (tx: Tx, event: E, attempt: Attempt | undefined) => Promise<void>

/** What product-service does on what it hears. `published` is called after an event went into the outbox. */
export function createHandlers(db: Db, published: () => void): Pick<Handlers, 'order_placed' | 'order_closed'> {
  /** The effect and the mark that the event was handled are one transaction. */
  const once = <E extends OrderPlaced | OrderClosed>(event: E, effect: Effect<E>) =>
    db.transaction().execute(async (tx) => {
      const attempt = await lockAttempt(tx, keyOf(event))
      if (await claim(tx, event.id)) await effect(tx, event, attempt)
    })
  const lost = async (event: OrderPlaced) => {
    await once(event, lose)
    published()
  }
  const sellHeld = createSellHeld(db)
  return {
    order_placed: async (event) => {
      if (isTooOld(event)) return lost(event)
      if (await sellHeld(event)) return
      try {
        await sparingEndedHolds(db, Date.now(), () => once(event, sell))
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'out_of_stock')) throw error
        await lost(event)
      }
    },
    order_closed: (event) => once(event, giveBack),
  }
}

/**
 * Replayed after so long that a closed attempt may be forgotten: nothing is sold for an order that may be over.
 * order-service knows whether it still waits for the stock.
 */
const isTooOld = ({ time }: OrderPlaced): boolean => Date.now() - Date.parse(time) > CLOSED_KEPT_MS

/**
 * The hold becomes a sale of the event's lines; had it ended, or do they differ, the stock is taken anew.
 * @throws AppError out_of_stock when it is gone
 */
async function sell(tx: Tx, event: OrderPlaced, attempt: Attempt | undefined): Promise<void> {
  const { items } = event.data
  const key = keyOf(event)
  const from = attempt?.state ?? 'none'
  const { action, next } = transitions[from].order_placed
  if (action === 'nothing' || !next) return
  const sale = { from, to: next, heldUntil: null } as const
  if (attempt && sameLines(attempt.lines, items)) {
    await moveLines(tx, 'confirm', attempt)
    return moveAttempt(tx, key, sale)
  }
  if (attempt) await giveBackLines(tx, attempt, items)
  const { priced, shortages } = priceLines(await lockProducts(tx, items), items)
  if (shortages.length > 0) throw new AppError('out_of_stock')
  const lines = priced.map((line, index) => ({ ...line, unitPrice: items[index]?.unitPrice ?? line.unitPrice }))
  await moveAttempt(tx, key, sale)
  await insertLines(tx, key, lines)
  await moveLockedLines(tx, 'sell', { key, lines })
}

/** Says that the stock is gone, and closes the attempt; unless it was closed or sold meanwhile. */
async function lose(tx: Tx, event: OrderPlaced, attempt: Attempt | undefined): Promise<void> {
  const { orderId, attempt: number } = event.data
  const from = attempt?.state ?? 'none'
  const { action, next } = transitions[from].stock_gone
  if (!next) return
  if (attempt && action === 'return') await moveLines(tx, 'release', attempt)
  await moveAttempt(tx, keyOf(event), { from, to: next, heldUntil: null })
  await append(tx, newEvent('product', 'stock_lost', { orderId, attempt: number }, { requestId: event.requestid }))
}

/** Gives back what the attempt holds or sold, once, and closes it even if nothing is there yet. */
async function giveBack(tx: Tx, event: OrderClosed, attempt: Attempt | undefined): Promise<void> {
  const from = attempt?.state ?? 'none'
  const { action, next } = transitions[from].order_closed
  if (attempt && action === 'return') {
    await moveLines(tx, attempt.state === 'held' ? 'release' : 'restock', attempt, event.data.reason)
  }
  if (next) await moveAttempt(tx, keyOf(event), { from, to: next, heldUntil: null })
}

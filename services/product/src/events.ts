import type { EventOf } from '@portico/contracts'
import { AppError, type Handled, type Handlers, newEvent } from '@portico/service-kit'
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
type Effect<E> = (tx: Tx, event: E, attempt: Attempt | undefined) => Promise<Handled>

const ignored: Handled = { outcome: 'ignored' }
const applied = (effect: string): Handled => ({ outcome: 'applied', effect })

/** What product-service does on what it hears. `published` is called after an event went into the outbox. */
export function createHandlers(db: Db, published: () => void): Pick<Handlers, 'order_placed' | 'order_closed'> {
  /** The effect and the mark that the event was handled are one transaction. */
  const once = <E extends OrderPlaced | OrderClosed>(event: E, effect: Effect<E>) =>
    db.transaction().execute(async (tx): Promise<Handled> => {
      const attempt = await lockAttempt(tx, keyOf(event))
      return (await claim(tx, event.id)) ? effect(tx, event, attempt) : { outcome: 'duplicate' }
    })
  const lost = async (event: OrderPlaced) => {
    const handled = await once(event, lose)
    published()
    return handled
  }
  const sellHeld = createSellHeld(db)
  return {
    order_placed: async (event) => {
      if (isTooOld(event)) return lost(event)
      const handled = await sellHeld(event)
      if (handled) return handled
      try {
        return await sparingEndedHolds(db, Date.now(), () => once(event, sell))
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'out_of_stock')) throw error
        return lost(event)
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
async function sell(tx: Tx, event: OrderPlaced, attempt: Attempt | undefined): Promise<Handled> {
  const { items } = event.data
  const key = keyOf(event)
  const from = attempt?.state ?? 'none'
  const { action, next } = transitions[from].order_placed
  if (action === 'nothing' || !next) return ignored
  const sale = { from, to: next, heldUntil: null } as const
  if (attempt && sameLines(attempt.lines, items)) {
    await moveLines(tx, 'confirm', attempt)
    await moveAttempt(tx, key, sale)
    return applied('hold became a sale')
  }
  if (attempt) await giveBackLines(tx, attempt, items)
  const { priced, shortages } = priceLines(await lockProducts(tx, items), items)
  if (shortages.length > 0) throw new AppError('out_of_stock')
  const lines = priced.map((line, index) => ({ ...line, unitPrice: items[index]?.unitPrice ?? line.unitPrice }))
  await moveAttempt(tx, key, sale)
  await insertLines(tx, key, lines)
  await moveLockedLines(tx, 'sell', { key, lines })
  return applied('stock sold without a hold')
}

/** Says that the stock is gone, and closes the attempt; unless it was closed or sold meanwhile. */
async function lose(tx: Tx, event: OrderPlaced, attempt: Attempt | undefined): Promise<Handled> {
  const { orderId, attempt: number } = event.data
  const from = attempt?.state ?? 'none'
  const { action, next } = transitions[from].stock_gone
  if (!next) return ignored
  if (attempt && action === 'return') await moveLines(tx, 'release', attempt)
  await moveAttempt(tx, keyOf(event), { from, to: next, heldUntil: null })
  await append(tx, newEvent('product', 'stock_lost', { orderId, attempt: number }, { requestId: event.requestid }))
  return applied('stock lost')
}

/** Gives back what the attempt holds or sold, once, and closes it even if nothing is there yet. */
async function giveBack(tx: Tx, event: OrderClosed, attempt: Attempt | undefined): Promise<Handled> {
  const from = attempt?.state ?? 'none'
  const { action, next } = transitions[from].order_closed
  if (!next) return ignored
  const returned = attempt && action === 'return'
  if (returned) await moveLines(tx, attempt.state === 'held' ? 'release' : 'restock', attempt, event.data.reason)
  await moveAttempt(tx, keyOf(event), { from, to: next, heldUntil: null })
  return applied(returned ? 'stock given back' : 'attempt closed')
}

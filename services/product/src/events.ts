import type { EventOf } from '@portico/contracts'
import { AppError, type Handlers, newEvent } from '@portico/service-kit'
import { append, claim } from '@portico/service-kit/postgres'
import { attemptKeyOf, sameLines, transitions } from './attempts.ts'
import { sparingEndedHolds } from './holds.ts'
import { lockAttempt, replaceLines, saveState } from './store/attempts.ts'
import type { Db, Tx } from './store/database.ts'
import { lockProducts, moveLines, priceLines } from './store/stock.ts'

type OrderPlaced = EventOf<'order_placed'>
type OrderClosed = EventOf<'order_closed'>

/** What product-service does on what it hears. `published` is called after an event went into the outbox. */
export function createHandlers(db: Db, published: () => void): Pick<Handlers, 'order_placed' | 'order_closed'> {
  /** The effect and the mark that the event was handled are one transaction. */
  const once = <E extends OrderPlaced | OrderClosed>(event: E, effect: (tx: Tx, event: E) => Promise<void>) =>
    db.transaction().execute(async (tx) => {
      if (await claim(tx, event.id)) await effect(tx, event)
    })
  return {
    order_placed: async (event) => {
      try {
        await sparingEndedHolds(db, Date.now(), () => once(event, sell))
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'out_of_stock')) throw error
        await once(event, lose)
        published()
      }
    },
    order_closed: (event) => once(event, giveBack),
  }
}

/**
 * The hold becomes a sale of the event's lines; had it ended, or do they differ, the stock is taken anew.
 * @throws AppError out_of_stock when it is gone
 */
async function sell(tx: Tx, { data }: OrderPlaced): Promise<void> {
  const key = attemptKeyOf(data.orderId, data.attempt)
  const attempt = await lockAttempt(tx, key)
  const { action } = transitions[attempt?.state ?? 'none'].order_placed
  if (action === 'nothing') return
  if (attempt && sameLines(attempt.lines, data.items)) {
    await moveLines(tx, 'confirm', attempt)
    return saveState(tx, key, 'sold', null)
  }
  if (attempt) {
    await lockProducts(tx, [...attempt.lines, ...data.items])
    await moveLines(tx, 'release', attempt)
  }
  const { priced, shortages } = await priceLines(tx, data.items)
  if (shortages.length > 0) throw new AppError('out_of_stock')
  const lines = priced.map((line, index) => ({ ...line, unitPrice: data.items[index]?.unitPrice ?? line.unitPrice }))
  await saveState(tx, key, 'sold', null)
  await replaceLines(tx, key, lines)
  await moveLines(tx, 'sell', { key, lines })
}

/** Says that the stock is gone, and closes the attempt; unless it was closed or sold meanwhile. */
async function lose(tx: Tx, { data, requestid }: OrderPlaced): Promise<void> {
  const { orderId, attempt: number } = data
  const key = attemptKeyOf(orderId, number)
  const attempt = await lockAttempt(tx, key)
  if (transitions[attempt?.state ?? 'none'].order_placed.action === 'nothing') return
  if (attempt) await moveLines(tx, 'release', attempt)
  await saveState(tx, key, 'closed', null)
  await append(tx, newEvent('product', 'stock_lost', { orderId, attempt: number }, { requestId: requestid }))
}

/** Gives back what the attempt holds or sold, once, and closes it even if nothing is there yet. */
async function giveBack(tx: Tx, { data }: OrderClosed): Promise<void> {
  const key = attemptKeyOf(data.orderId, data.attempt)
  const attempt = await lockAttempt(tx, key)
  const { action, next } = transitions[attempt?.state ?? 'none'].order_closed
  if (attempt && action === 'return') {
    await moveLines(tx, attempt.state === 'held' ? 'release' : 'restock', attempt, data.reason)
  }
  if (next) await saveState(tx, key, next, null)
}

import type { EventOf } from '@portico/contracts'
import { type Handlers, newEvent } from '@portico/service-kit'
import { attemptKeyOf, sameLines, transitions } from './attempts.ts'
import { lockAttempt, moveHeld, moveStock, priceLines, replaceLines, saveState, sellHeld } from './store/attempts.ts'
import type { Db, Tx } from './store/database.ts'
import { append, claim } from './store/messages.ts'

/** What product-service does on what it hears. `published` is called after an event went into the outbox. */
export function createHandlers(db: Db, published: () => void): Pick<Handlers, 'order_placed' | 'order_closed'> {
  return {
    order_placed: async (event) => {
      const lost = await db.transaction().execute(async (tx) => ((await claim(tx, event.id)) ? sell(tx, event) : false))
      if (lost) published()
    },
    order_closed: async (event) => {
      await db.transaction().execute(async (tx) => {
        if (await claim(tx, event.id)) await giveBack(tx, event)
      })
    },
  }
}

/**
 * The hold becomes a sale of the event's lines; had it ended, or do they differ, the stock is taken anew.
 * @returns whether the stock was gone, which `stock_lost` then says
 */
async function sell(tx: Tx, event: EventOf<'order_placed'>): Promise<boolean> {
  const { orderId, attempt: number, items } = event.data
  const key = attemptKeyOf(orderId, number)
  const attempt = await lockAttempt(tx, key)
  const { action } = transitions[attempt?.state ?? 'none'].order_placed
  if (action === 'nothing') return false
  if (attempt && action === 'keep') {
    if (sameLines(attempt.lines, items)) {
      await sellHeld(tx, key, items)
      await saveState(tx, key, 'sold', null)
      return false
    }
    await moveHeld(tx, attempt.lines, -1)
  }
  const { priced, shortages } = await priceLines(tx, items)
  if (shortages.length > 0) {
    await saveState(tx, key, 'closed', null)
    await append(tx, newEvent('product', 'stock_lost', { orderId, attempt: number }, { requestId: event.requestid }))
    return true
  }
  await saveState(tx, key, 'sold', null)
  await replaceLines(tx, key, priced)
  await moveStock(tx, key, priced, -1, 'sold')
  return false
}

/** Gives back what the attempt holds or sold, once, and closes it even if nothing is there yet. */
async function giveBack(tx: Tx, event: EventOf<'order_closed'>): Promise<void> {
  const key = attemptKeyOf(event.data.orderId, event.data.attempt)
  const attempt = await lockAttempt(tx, key)
  const { action, next } = transitions[attempt?.state ?? 'none'].order_closed
  if (attempt && action === 'return') {
    if (attempt.state === 'held') await moveHeld(tx, attempt.lines, -1)
    else await moveStock(tx, key, attempt.lines, 1, event.data.reason)
  }
  if (next) await saveState(tx, key, next, null)
}

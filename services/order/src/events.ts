import type { Event } from '@portico/contracts'
import type { Handlers } from '@portico/service-kit'
import { letHappen } from './changing.ts'
import type { Happening } from './orders.ts'
import type { Db } from './store/database.ts'
import { hear } from './store/inbox.ts'

type Heard = 'payment_captured' | 'payment_failed' | 'payment_refunded' | 'stock_lost'

/** What order-service does on what it hears: each event once, in one transaction with its effect. */
export function createHandlers(db: Db, published: () => void): Pick<Handlers, Heard> {
  const happens = async (event: Event, happening: Happening) => {
    await db.transaction().execute(async (tx) => {
      const occasion = { now: new Date(), requestId: event.requestid }
      if (await hear(tx, event)) await letHappen(tx, event.data.orderId, happening, occasion)
    })
    published()
  }
  return {
    payment_captured: (event) =>
      happens(event, { type: 'captured', attempt: event.data.attempt, paymentId: event.data.paymentId }),
    payment_failed: (event) => happens(event, { type: 'declined', attempt: event.data.attempt }),
    stock_lost: (event) => happens(event, { type: 'stock_lost', attempt: event.data.attempt }),
    payment_refunded: (event) => {
      const { attempt, paymentId, refunded, whole, restock } = event.data
      return happens(event, { type: 'refunded', attempt, paymentId, refundedAmount: refunded.amount, whole, restock })
    },
  }
}

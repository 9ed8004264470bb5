import type { Event } from '@portico/contracts'
import { grouped, type Handlers } from '@portico/service-kit'
import { letAllHappen } from './changing.ts'
import type { Happening } from './orders.ts'
import type { Db } from './store/database.ts'
import { HandledBefore, hear } from './store/inbox.ts'

type HeardType = 'payment_captured' | 'payment_failed' | 'payment_refunded' | 'stock_lost'

interface Heard {
  readonly event: Event
  readonly happening: Happening
}

/** What order-service does on what it hears: each event once, in one transaction with its effect. */
export function createHandlers(db: Db, published: () => void): Pick<Handlers, HeardType> {
  const happenTogether = grouped(async (heard: readonly Heard[]) => {
    const done = await happenOnce(db, heard)
    if (done) published()
    return heard.map(() => undefined)
  })
  const happens = (event: Event, happening: Happening) => happenTogether({ event, happening })
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

/** @returns false where it was one event that had been handled before. @throws HandledBefore where it is among others */
async function happenOnce(db: Db, heard: readonly Heard[]): Promise<boolean> {
  try {
    await db.transaction().execute(async (tx) => {
      await hear(
        tx,
        heard.map(({ event }) => event),
      )
      const now = new Date()
      await letAllHappen(
        tx,
        heard.map(({ event, happening }) => ({
          orderId: event.data.orderId,
          happening,
          occasion: { now, requestId: event.requestid },
        })),
      )
    })
    return true
  } catch (error) {
    if (error instanceof HandledBefore && heard.length === 1) return false
    throw error
  }
}

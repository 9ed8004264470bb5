import type { Event } from '@portico/contracts'
import { grouped, type Handled, type Handlers, type Log } from '@portico/service-kit'
import { type Changed, letAllHappen } from './changing.ts'
import { type Happening, isWrongAmount } from './orders.ts'
import type { Db } from './store/database.ts'
import { HandledBefore, hear } from './store/inbox.ts'

type HeardType = 'payment_captured' | 'payment_failed' | 'payment_refunded' | 'stock_lost'

interface Heard {
  readonly event: Event
  readonly happening: Happening
}

/** What order-service does on what it hears: each event once, in one transaction with its effect. */
export function createHandlers(db: Db, published: () => void, log: Log): Pick<Handlers, HeardType> {
  const happenTogether = grouped(async (heard: readonly Heard[]) => {
    const changes = await happenOnce(db, heard)
    reportWrongAmounts(heard, changes, log)
    if (changes.length > 0) published()
    return heard.map((_, index) => handledOf(changes[index]))
  })
  const happens = (event: Event, happening: Happening) => happenTogether({ event, happening })
  return {
    payment_captured: (event) => {
      const { attempt, paymentId, amount } = event.data
      return happens(event, { type: 'captured', attempt, paymentId, amount })
    },
    payment_failed: (event) => happens(event, { type: 'declined', attempt: event.data.attempt }),
    stock_lost: (event) => happens(event, { type: 'stock_lost', attempt: event.data.attempt }),
    payment_refunded: (event) => {
      const { attempt, paymentId, refunded, whole, restock } = event.data
      return happens(event, { type: 'refunded', attempt, paymentId, refundedAmount: refunded.amount, whole, restock })
    },
  }
}

/** A capture that differs from the order's total is a defect of payment-service, or forged. */
function reportWrongAmounts(heard: readonly Heard[], changes: readonly Changed[], log: Log): void {
  for (const [index, { event, happening }] of heard.entries()) {
    const changed = changes[index]
    if (happening.type !== 'captured' || !changed || changed.outcome === 'absent') continue
    const { amount, paymentId } = happening
    const { id: orderId, total } = changed.order
    if (!isWrongAmount(changed.order, happening)) continue
    log.warn(
      { security: 'capture.amount_differs', orderId, paymentId, eventId: event.id, amount, total },
      'A captured amount differs from the total of its order',
    )
  }
}

/** @param changed undefined where the event was handled before */
function handledOf(changed: Changed | undefined): Handled {
  if (changed === undefined) return { outcome: 'duplicate' }
  if (changed.outcome !== 'changed') return { outcome: 'ignored' }
  const { status, returning } = changed.order
  return { outcome: 'applied', effect: `order is ${status}${returning ? ', its money goes back' : ''}` }
}

/**
 * @returns what came of each event; nothing where it was a single event that had been handled before
 * @throws HandledBefore where such an event is among others
 */
async function happenOnce(db: Db, heard: readonly Heard[]): Promise<readonly Changed[]> {
  try {
    return await db.transaction().execute(async (tx) => {
      await hear(
        tx,
        heard.map(({ event }) => event),
      )
      const now = new Date()
      return letAllHappen(
        tx,
        heard.map(({ event, happening }) => ({
          orderId: event.data.orderId,
          happening,
          occasion: { now, requestId: event.requestid },
        })),
      )
    })
  } catch (error) {
    if (error instanceof HandledBefore && heard.length === 1) return []
    throw error
  }
}

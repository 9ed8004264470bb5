import { findOrder } from '../../services/order/src/store/orders.ts'
import { paymentsOf } from '../../services/payment/src/store/payments.ts'
import type { World } from './world.ts'

/** What all books together say of an order. */
export async function truthOf({ stores, sandbox }: World, orderId: string) {
  const order = await findOrder(stores.orders, orderId)
  if (!order) throw new Error(`there is no order ${orderId}`)
  const payments = await paymentsOf(stores.payments, orderId, { before: undefined, limit: 100 })
  const attempts = await stores.products
    .selectFrom('attempt')
    .selectAll()
    .where('key', 'like', `${orderId}:%`)
    .execute()
  return {
    order,
    payments,
    ledger: sandbox.entriesOf(orderId),
    /** State of each attempt at product-service, by its number. */
    attempts: new Map(attempts.map(({ key, state }) => [Number(key.split(':')[1]), state])),
    sold: attempts.filter(({ state }) => state === 'sold').length,
    /** Minor units that the provider has, and has not given back. */
    kept: sandbox.entriesOf(orderId).reduce((sum, { amount, refunded }) => sum + amount.amount - refunded.amount, 0),
  }
}

export type Truth = Awaited<ReturnType<typeof truthOf>>

/** Everything in which an order at rest breaks the promise of `docs/saga.md`, as sentences. */
export function breaches({ order, payments, ledger, attempts, sold, kept }: Truth): string[] {
  const found: string[] = []
  const must = (holds: boolean, otherwise: string) => {
    if (!holds) found.push(`order ${order.id} (${order.status}, attempt ${order.attempt}): ${otherwise}`)
  }
  const total = order.total.amount
  must(order.status !== 'pending', 'is pending for ever')
  must(!order.returning, 'waits for ever for its money')
  must(
    ledger.length === payments.filter(({ status }) => status === 'captured' || status === 'refunded').length,
    'books',
  )
  for (const { key, amount, refunded } of ledger) {
    const payment = payments.find((each) => `${each.orderId}:${each.attempt}` === key)
    must(payment?.amount.amount === amount.amount && payment.refunded === refunded.amount, `books differ on ${key}`)
  }
  if (order.status === 'paid') {
    must(kept === total - order.refundedAmount, `the provider keeps ${kept}`)
    must(sold === 1 && attempts.get(order.attempt) === 'sold', 'its stock was not taken once')
  } else if (order.status === 'refunded') {
    must(kept === 0 && order.refundedAmount === total, `the provider keeps ${kept}`)
    must(sold <= 1, 'its stock was taken twice')
  } else {
    must(kept === 0, `the provider keeps ${kept}`)
    must(sold === 0, 'its stock is not back')
  }
  must(![...attempts.values()].includes('held'), 'a hold is left')
  return found
}

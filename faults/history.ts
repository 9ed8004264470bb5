import type { Evidence } from './evidence/evidence.ts'
import type { Journal } from './journal.ts'

/** Everything that is known of one order, from everywhere. */
export function historyOf(orderId: string, journal: Journal, evidence: Evidence): object {
  const ofOrder = (key: string | null) => key?.startsWith(orderId) === true
  const payments = evidence.payments.filter((payment) => payment.orderId === orderId)
  return {
    orderId,
    told: journal.purchases.get(orderId) ?? 'nobody',
    order: evidence.orders.find(({ id }) => id === orderId) ?? 'none',
    events: [...evidence.orderEvents, ...evidence.productEvents].filter((event) => event.orderId === orderId),
    attempts: evidence.attempts.filter(({ key }) => ofOrder(key)),
    movements: evidence.movements.filter(({ attempt }) => ofOrder(attempt)),
    payments,
    refunds: evidence.refunds.filter(({ paymentId }) => payments.some(({ id }) => id === paymentId)),
    charges: evidence.ledger.filter(({ key }) => ofOrder(key)),
  }
}

import type { ChargeRow, Evidence, PaymentRow } from '../evidence/evidence.ts'
import type { Violation } from './violation.ts'

const outcomes: Readonly<Record<string, readonly string[]>> = {
  captured: ['captured', 'refunded'],
  declined: ['failed'],
  insufficient_funds: ['failed'],
}

/** payment-service's books say what the provider's ledger says, attempt by attempt. */
export function books({ payments, refunds, ledger, orders }: Evidence): Violation[] {
  const charges = new Map(ledger.map((charge) => [charge.key, charge]))
  const keys = new Set(payments.map(keyOf))
  const byKey = Map.groupBy(payments, keyOf)
  return [
    ...ledger
      .filter(({ key }) => !keys.has(key))
      .map(({ key }) => ({ kind: 'not in the books', what: `charge ${key}`, orderId: orderOf(key) })),
    ...[...byKey]
      .filter(([, same]) => same.length > 1)
      .map(([key]) => ({ kind: 'booked twice', what: `attempt ${key}`, orderId: orderOf(key) })),
    ...payments.flatMap((payment) => compare(payment, charges.get(keyOf(payment)))),
    ...refunds
      .filter(({ status }) => status !== 'refunded')
      .map(({ id, status }) => ({ kind: 'refund not done', what: `${id} is ${status}` })),
    ...orders
      .filter(({ status, paymentId }) => status === 'paid' && !payments.some(({ id }) => id === paymentId))
      .map(({ id }) => ({ kind: 'paid by nothing', what: 'the payment it names does not exist', orderId: id })),
  ]
}

function compare(payment: PaymentRow, charge: ChargeRow | undefined): Violation[] {
  const { orderId, status, amount, refunded, reserved } = payment
  const key = keyOf(payment)
  if (!charge)
    return [{ kind: 'not charged', what: `payment ${key} is ${status}, the provider knows nothing`, orderId }]
  const found: Violation[] = []
  const wrong = (what: string) => found.push({ kind: 'books differ', what: `${key}: ${what}`, orderId })
  if (!outcomes[charge.outcome]?.includes(status)) wrong(`the provider says ${charge.outcome}, the books ${status}`)
  if (charge.amount !== amount) wrong(`the provider charged ${charge.amount}, the books ${amount}`)
  if (charge.refunded !== refunded) wrong(`the provider refunded ${charge.refunded}, the books ${refunded}`)
  if (reserved !== refunded) wrong(`${reserved} reserved, ${refunded} refunded`)
  if ((status === 'refunded') !== (status !== 'failed' && refunded === amount))
    wrong(`${status} with ${refunded} of ${amount}`)
  return found
}

const keyOf = ({ orderId, attempt }: PaymentRow) => `${orderId}:${attempt}`
const orderOf = (key: string) => key.split(':')[0] ?? ''

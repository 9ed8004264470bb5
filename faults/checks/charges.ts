import type { ChargeRow, Evidence, OrderRow } from '../evidence/evidence.ts'
import type { Purchase } from '../journal.ts'
import type { Violation } from './violation.ts'

/** The provider's ledger against what was promised: paid once, or everything given back. */
export function chargesOf(purchases: ReadonlyMap<string, Purchase>, evidence: Evidence): Violation[] {
  const charges = Map.groupBy(evidence.ledger, ({ key }) => key.split(':')[0] ?? '')
  const rows = new Map(evidence.orders.map((order) => [order.id, order]))
  const strays = [...charges.keys()].filter((id) => !rows.has(id))
  return [
    ...strays.map((orderId) => ({ kind: 'charge astray', what: 'charged for an order that does not exist', orderId })),
    ...evidence.orders.flatMap((row) => money(row, charges.get(row.id) ?? [])),
    ...refundsOf(purchases, evidence),
  ]
}

function money(row: OrderRow, charges: readonly ChargeRow[]): Violation[] {
  const found: Violation[] = []
  const wrong = (kind: string, what: string) => found.push({ kind, what, orderId: row.id })
  const captured = charges.filter(({ outcome }) => outcome === 'captured')
  if (captured.some(({ amount }) => amount !== row.total)) wrong('wrong amount', `not every charge is ${row.total}`)
  const kept = captured.filter(({ amount, refunded }) => refunded < amount)
  const net = captured.reduce((sum, { amount, refunded }) => sum + amount - refunded, 0)
  if (row.status === 'paid') {
    if (kept.length > 1) wrong('paid twice', kept.map(({ key }) => key).join(', '))
    if (net !== row.total - row.refunded) wrong('paid wrongly', `${net} kept, ${row.total - row.refunded} due`)
  } else if (net !== 0) wrong('money kept', `${net} kept of an order that is ${row.status}`)
  if (row.status === 'refunded' && row.refunded !== row.total)
    wrong('refunded wrongly', `the order says ${row.refunded} of ${row.total}`)
  return found
}

/** Every refund was asked for, by an admin or by order-service, and every one that was granted was made, once. */
function refundsOf(purchases: ReadonlyMap<string, Purchase>, { ledger, orderEvents }: Evidence): Violation[] {
  const made = new Map(ledger.flatMap(({ key, refunds }) => refunds.map(({ id, amount }) => [id, { key, amount }])))
  const granted = [...purchases.values()].flatMap(({ refunds }) => refunds)
  const asked = new Set([
    ...granted.map(({ id }) => id),
    ...orderEvents.filter(({ type }) => type === 'refund_requested').map(({ data }) => String(data.refundId)),
  ])
  const missing = [...purchases.values()].flatMap(({ order, refunds }) =>
    refunds
      .filter(({ id, amount }) => made.get(id)?.amount !== amount)
      .map(({ id, amount }) => ({ kind: 'refund lost', what: `${id} of ${amount} was granted`, orderId: order.id })),
  )
  const unasked = [...made]
    .filter(([id]) => !asked.has(id))
    .map(([id, { key }]) => ({ kind: 'refund unasked', what: id, orderId: key.split(':')[0] ?? '' }))
  return [...missing, ...unasked]
}

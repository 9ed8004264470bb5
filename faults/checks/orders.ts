import type { Evidence, OrderRow } from '../evidence/evidence.ts'
import type { Purchase } from '../journal.ts'
import { goods, takenByOrders } from './stock.ts'
import type { Violation } from './violation.ts'

const final = new Set(['paid', 'payment_failed', 'cancelled', 'refunded'])

/** Accepted orders are orders in the database, no more and no fewer, and each has the status that its story leads to. */
export function everyOrder(purchases: ReadonlyMap<string, Purchase>, evidence: Evidence): Violation[] {
  const rows = new Map(evidence.orders.map((order) => [order.id, order]))
  const lost = [...purchases.values()].filter(({ order }) => !rows.has(order.id))
  const taken = takenByOrders(evidence)
  const untold = evidence.orders.filter(({ id }) => !purchases.has(id))
  return [
    ...lost.map(({ order, key }) => ({ kind: 'order lost', what: `accepted under ${key}`, orderId: order.id })),
    ...untold.map(({ id }) => ({ kind: 'order untold', what: 'no customer was told of it', orderId: id })),
    ...[...purchases.values()].flatMap((purchase) => {
      const row = rows.get(purchase.order.id)
      if (!row) return []
      return [
        ...differences(purchase, row, evidence),
        ...goods(row, mustBeRestocked(purchase, evidence), taken.get(row.id)),
      ]
    }),
  ]
}

function differences(purchase: Purchase, row: OrderRow, evidence: Evidence): Violation[] {
  const found: Violation[] = []
  const wrong = (kind: string, what: string) => found.push({ kind, what, orderId: row.id })
  const { order, cancellation, paidAgain, refunds } = purchase
  if (!final.has(row.status) || row.returning)
    wrong('not final', `still ${row.status}${row.returning ? ', returning' : ''}`)
  if (!sameTerms(purchase, row)) wrong('other terms', 'total or lines differ from what the customer was told')
  if (row.attempt !== 1 + paidAgain) wrong('attempts', `paid again ${paidAgain} times, yet at attempt ${row.attempt}`)
  const lost = isStockLost(evidence, row.id)
  const allGiven = refunds.reduce((sum, { amount }) => sum + amount, 0) >= order.total.amount
  if (cancellation === 'accepted' && !['cancelled', 'refunded'].includes(row.status))
    wrong('cancellation forgotten', `it is ${row.status}`)
  if (row.status === 'cancelled' && cancellation === undefined && !lost)
    wrong('cancelled unasked', 'nobody cancelled it')
  if (row.status === 'refunded' && cancellation === undefined && !lost && !allGiven)
    wrong('refunded unasked', 'nobody gave all of it back')
  return found
}

function sameTerms({ order }: Purchase, row: OrderRow): boolean {
  const told = order.items.map(({ productId, quantity, unitPrice }) => `${productId} ${quantity} ${unitPrice.amount}`)
  const kept = row.lines.map(({ productId, quantity, unitAmount }) => `${productId} ${quantity} ${unitAmount}`)
  return order.total.amount === row.total && told.sort().join() === kept.sort().join()
}

/** Whether product-service said that the goods were gone. */
export function isStockLost({ productEvents }: Evidence, orderId: string): boolean {
  return productEvents.some((event) => event.type === 'stock_lost' && event.orderId === orderId)
}

/** Whether the goods of a paid order had to go back: it was cancelled, or they were returned with all of the money. */
export function mustBeRestocked(purchase: Purchase, evidence: Evidence): boolean {
  const { order, cancellation, refunds } = purchase
  const cancelled =
    cancellation === 'accepted' ||
    (cancellation === 'perhaps' &&
      evidence.orderEvents.some(
        ({ type, orderId, data }) => type === 'order_closed' && orderId === order.id && data.reason === 'cancelled',
      ))
  return cancelled || isStockLost(evidence, order.id) || refunds.some(({ restock }) => restock)
}

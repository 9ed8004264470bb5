import type { Evidence, OrderRow } from '../evidence/evidence.ts'
import type { Violation } from './violation.ts'

type Sums = Map<string, number>

const add = (sums: Sums, key: string, amount: number) => sums.set(key, (sums.get(key) ?? 0) + amount)

/** The stock is what its ledger of movements comes to, never negative, with no hold left. */
export function stock({ products, movements }: Evidence): Violation[] {
  const sums: Sums = new Map()
  for (const { productId, delta } of movements) add(sums, productId, delta)
  return products.flatMap(({ id, stock, held }) => [
    ...(stock < 0 ? [{ kind: 'stock negative', what: `${id}: ${stock}` }] : []),
    ...(held !== 0 ? [{ kind: 'hold left', what: `${held} of ${id}` }] : []),
    ...(stock !== (sums.get(id) ?? 0)
      ? [{ kind: 'stock differs', what: `${id}: ${stock}, its movements come to ${sums.get(id) ?? 0}` }]
      : []),
  ])
}

/** What orders took of each product, by the ledger of movements: `orderId productId` → quantity. */
export function takenByOrders({ movements }: Evidence): Sums {
  const taken: Sums = new Map()
  for (const { attempt, productId, delta } of movements) {
    if (attempt !== null) add(taken, `${attempt.split(':')[0]} ${productId}`, -delta)
  }
  return taken
}

/** An order has exactly its lines of the stock, or nothing. */
export function goods(row: OrderRow, restocked: boolean, taken: Sums): Violation[] {
  const sold = (row.status === 'paid' || row.status === 'refunded') && !restocked
  return row.lines.flatMap(({ productId, quantity }) => {
    const due = sold ? quantity : 0
    const has = taken.get(`${row.id} ${productId}`) ?? 0
    if (has === due) return []
    return [
      { kind: 'stock taken wrongly', what: `${row.status}: has ${has} of ${productId}, not ${due}`, orderId: row.id },
    ]
  })
}

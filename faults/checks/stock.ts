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

/** What each order took of each product, by the ledger of movements: order → product → quantity. */
export function takenByOrders({ movements }: Evidence): ReadonlyMap<string, Sums> {
  const taken = new Map<string, Sums>()
  for (const { attempt, productId, delta } of movements) {
    if (attempt === null) continue
    const orderId = attempt.split(':')[0] ?? ''
    const sums = taken.get(orderId) ?? new Map()
    taken.set(orderId, sums)
    add(sums, productId, -delta)
  }
  return taken
}

/** An order has exactly its lines of the stock, or nothing. */
export function goods(row: OrderRow, restocked: boolean, taken: Sums = new Map()): Violation[] {
  const sold = (row.status === 'paid' || row.status === 'refunded') && !restocked
  const due = new Map(sold ? row.lines.map(({ productId, quantity }) => [productId, quantity]) : [])
  return [...new Set([...due.keys(), ...taken.keys()])].flatMap((productId) => {
    const [has, should] = [taken.get(productId) ?? 0, due.get(productId) ?? 0]
    if (has === should) return []
    const what = `${row.status}: has ${has} of ${productId}, not ${should}`
    return [{ kind: 'stock taken wrongly', what, orderId: row.id }]
  })
}

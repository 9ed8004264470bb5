import type { OrderStatus, OrderSummary } from '@portico/contracts'
import type { Position } from '@portico/service-kit'
import { sql } from 'kysely'
import type { PlacedOrder } from '../orders.ts'
import type { Db } from './database.ts'
import { before, withLines } from './orders.ts'

export interface OrderSearch {
  /** The beginning of an order id, or a customer id; lower case. */
  readonly q?: string | undefined
  readonly status?: OrderStatus | undefined
  readonly customerId?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly limit: number
  /** The last order of the page before. */
  readonly after?: Position | undefined
}

const ID_LENGTH = 36

/** One page of all orders, the newest first. */
export async function searchOrders(db: Db, search: OrderSearch): Promise<PlacedOrder[]> {
  const { q, status, customerId, from, to, limit, after } = search
  let select = db.selectFrom('orders').selectAll()
  if (q?.length === ID_LENGTH) select = select.where(({ or, eb }) => or([eb('id', '=', q), eb('customer_id', '=', q)]))
  else if (q) select = select.where('id', 'like', `${q}%`)
  if (status) select = select.where('status', '=', status)
  if (customerId) select = select.where('customer_id', '=', customerId)
  if (from) select = select.where('created_at', '>=', new Date(from))
  if (to) select = select.where('created_at', '<', new Date(to))
  if (after) select = select.where(before(after))
  return withLines(db, await select.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute())
}

interface Group {
  readonly day: string
  readonly status: OrderStatus
  readonly currency: string
  readonly orders: number
  readonly earned: number
}

/** Counts the orders placed in a time span: one pass over their range of the index by time. */
export async function summariseOrders(db: Db, span: { from: string; to: string }): Promise<OrderSummary> {
  const [from, to] = [new Date(span.from), new Date(span.to)]
  const { rows } = await sql<Group>`
    select date_format(created_at, '%Y-%m-%d') as day, status, currency, count(*) as orders,
      cast(sum(case when status = 'paid' then total_amount - refunded_amount else 0 end) as signed) as earned
    from orders where created_at >= ${from} and created_at < ${to}
    group by day, status, currency order by day`.execute(db)
  const statuses: OrderSummary['statuses'] = { pending: 0, paid: 0, payment_failed: 0, cancelled: 0, refunded: 0 }
  for (const { status, orders } of rows) statuses[status] += Number(orders)
  const days = [...Map.groupBy(rows, ({ day }) => day)].map(([day, groups]) => ({
    day,
    orders: groups.reduce((sum, { orders }) => sum + Number(orders), 0),
    revenue: revenueOf(groups),
  }))
  return { statuses, days }
}

function revenueOf(groups: readonly Group[]): { amount: number; currency: string }[] {
  const sums = new Map<string, number>()
  for (const { currency, earned } of groups) sums.set(currency, (sums.get(currency) ?? 0) + Number(earned))
  return [...sums].map(([currency, amount]) => ({ amount, currency }))
}

import { sql } from 'kysely'
import { hourOf, type OrderLimits, refuseExcess, type Standing } from '../limits.ts'
import type { Db, Tx } from './database.ts'

interface Row {
  readonly customer_id: string
  readonly attempts: number
  readonly attempts_hour: number
  readonly open_orders: string | number | null
  readonly held_units: string | number | null
}

/** What customers have under way; those who never placed an order are left out. */
export async function standingsOf(db: Db, customerIds: readonly string[], now: Date): Promise<Map<string, Standing>> {
  if (customerIds.length === 0) return new Map()
  // The index leads to the open orders alone, however many a customer has placed, and has all that is counted.
  const { rows } = await sql<Row>`
    select s.customer_id, s.attempts, s.attempts_hour, under_way.open_orders, under_way.held_units
    from status_sequences s
    left join (
      select o.customer_id, count(*) as open_orders, sum(if(o.status = 'pending', o.units, 0)) as held_units
      from orders o force index (open_orders_of_customer)
      where o.customer_id in (${customerIds}) and o.status in ('pending', 'payment_failed')
      group by o.customer_id
    ) under_way on under_way.customer_id = s.customer_id
    where s.customer_id in (${customerIds})`.execute(db)
  return new Map(rows.map((row) => [row.customer_id, toStanding(row, now)]))
}

/**
 * Refuses what a transaction has written where it takes a customer beyond the limits. `noteStatuses` must have run in
 * it: the lock that it holds on the customers' rows makes concurrent transactions of one customer count one by one.
 * @throws AppError see `refuseExcess`
 */
export async function refuseExcessIn(
  tx: Tx,
  customerIds: readonly string[],
  limits: OrderLimits,
  now = new Date(),
): Promise<void> {
  const standings = await standingsOf(tx, [...new Set(customerIds)], now)
  for (const standing of standings.values()) refuseExcess(standing, limits, now)
}

const toStanding = (row: Row, now: Date): Standing => ({
  openOrders: Number(row.open_orders ?? 0),
  heldUnits: Number(row.held_units ?? 0),
  // A replica whose clock is behind may find a later hour than its own.
  unpaidAttempts: row.attempts_hour >= hourOf(now) ? row.attempts : 0,
})

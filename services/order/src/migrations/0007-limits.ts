import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * For the limits of a customer: an index of their open orders that holds all that is counted of them, and how many of
 * their attempts to pay in an hour led to no paid order, in the row that each change of status locks. And an index by
 * which old answers are dropped.
 */
export const limits: Migration = {
  async up(db) {
    if (!(await has(db, 'columns', 'status_sequences', 'attempts')))
      await sql`
        alter table status_sequences
          add column attempts int not null default 0,
          add column attempts_hour int not null default 0`.execute(db)
    if (!(await has(db, 'columns', 'orders', 'units')))
      await sql`alter table orders add column units int not null default 0`.execute(db)
    await sql`
      update orders set units = (select sum(quantity) from order_lines where order_id = orders.id)
      where status in ('pending', 'payment_failed') and units = 0`.execute(db)
    if (!(await has(db, 'statistics', 'orders', 'open_orders_of_customer')))
      await sql`create index open_orders_of_customer on orders (customer_id, status, units)`.execute(db)
    if (!(await has(db, 'statistics', 'idempotency', 'idempotency_by_time')))
      await sql`create index idempotency_by_time on idempotency (created_at)`.execute(db)
  },
}

async function has(db: Kysely<unknown>, kind: 'columns' | 'statistics', table: string, name: string): Promise<boolean> {
  const column = sql.ref(kind === 'columns' ? 'column_name' : 'index_name')
  const { rows } = await sql`
    select 1 from ${sql.id('information_schema', kind)}
    where table_schema = database() and table_name = ${table} and ${column} = ${name}`.execute(db)
  return rows.length > 0
}

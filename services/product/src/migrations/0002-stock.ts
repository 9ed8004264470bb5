import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Attempts to buy, what each has of the stock, and the ledger from which the stock can be rebuilt. */
export const stock: Migration = {
  async up(db) {
    await sql`
      create table attempt (
        key text primary key,
        state text not null check (state in ('held', 'sold', 'closed')),
        expires_at timestamptz(3)
      )`.execute(db)
    await sql`create index attempt_expiry on attempt (expires_at) where state = 'held'`.execute(db)
    await sql`
      create table attempt_line (
        attempt_key text not null references attempt (key),
        product_id uuid not null references product (id),
        quantity integer not null check (quantity > 0),
        name text not null,
        unit_amount bigint not null,
        unit_currency char(3) not null,
        primary key (attempt_key, product_id)
      )`.execute(db)
    await sql`
      create table stock_movement (
        id bigint generated always as identity primary key,
        product_id uuid not null references product (id),
        delta integer not null,
        reason text not null,
        attempt_key text,
        at timestamptz(3) not null default now()
      )`.execute(db)
    await sql`create index stock_movement_product on stock_movement (product_id)`.execute(db)
  },
}

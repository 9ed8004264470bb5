import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What admins did; and the ledger of one product in pages. */
export const audit: Migration = {
  async up(db) {
    await sql`create table audit (id uuid primary key, actor uuid not null, entry jsonb not null)`.execute(db)
    await sql`create index audit_of_actor on audit (actor, id)`.execute(db)
    await sql`create index stock_movement_of_product on stock_movement (product_id, id)`.execute(db)
    await sql`drop index stock_movement_product`.execute(db)
  },
}

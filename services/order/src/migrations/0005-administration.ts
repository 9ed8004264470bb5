import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What admins did; what all orders are listed by; and what is found by it in the outbox that was said of an order. */
export const administration: Migration = {
  async up(db) {
    await sql`
      create table if not exists audit (
        id char(36) character set ascii not null primary key,
        actor char(36) character set ascii not null,
        entry longtext not null,
        key audit_of_actor (actor, id)
      ) engine = innodb character set utf8mb4`.execute(db)
    const { rows: indexes } = await sql`
      select 1 from information_schema.statistics
      where table_schema = database() and table_name = 'orders' and index_name = 'orders_by_time'`.execute(db)
    if (indexes.length === 0) await sql`create index orders_by_time on orders (created_at, id)`.execute(db)
    const { rows } = await sql`
      select 1 from information_schema.columns
      where table_schema = database() and table_name = 'outbox' and column_name = 'subject'`.execute(db)
    if (rows.length > 0) return
    await sql`
      alter table outbox
        add column subject char(36) character set ascii
          generated always as (json_unquote(json_extract(event, '$.subject'))) virtual,
        add key outbox_of_subject (subject, position)`.execute(db)
  },
}

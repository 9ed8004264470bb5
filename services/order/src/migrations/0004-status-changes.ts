import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Each change of an order's status, numbered per customer; and the tickets that opened a WebSocket. */
export const statusChanges: Migration = {
  async up(db) {
    await sql`
      create table if not exists status_sequences (
        customer_id char(36) character set ascii not null primary key,
        last bigint not null
      ) engine = innodb`.execute(db)
    await sql`
      create table if not exists status_changes (
        customer_id char(36) character set ascii not null,
        sequence bigint not null,
        event_id char(36) character set ascii not null unique,
        order_id char(36) character set ascii not null,
        status varchar(20) character set ascii not null,
        changed_at datetime(3) not null,
        primary key (customer_id, sequence),
        key changes_of_order (order_id, sequence)
      ) engine = innodb`.execute(db)
    await sql`
      create table if not exists used_tickets (
        id char(36) character set ascii not null primary key,
        expires_at datetime(3) not null,
        key tickets_by_time (expires_at)
      ) engine = innodb`.execute(db)
  },
}

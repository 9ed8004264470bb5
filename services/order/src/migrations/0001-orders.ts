import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

export const orders: Migration = {
  async up(db) {
    await sql`
      create table if not exists orders (
        id char(36) character set ascii not null primary key,
        customer_id char(36) character set ascii not null,
        status varchar(20) character set ascii not null
          check (status in ('pending', 'paid', 'payment_failed', 'cancelled', 'refunded')),
        attempt int not null check (attempt >= 1),
        currency char(3) character set ascii not null,
        total_amount bigint not null check (total_amount >= 0),
        refunded_amount bigint not null default 0,
        payment_id char(36) character set ascii,
        returning_all boolean not null default false,
        created_at datetime(3) not null,
        changed_at datetime(3) not null,
        check (refunded_amount between 0 and total_amount),
        key orders_of_customer (customer_id, created_at, id),
        key orders_by_status (status, changed_at)
      ) engine = innodb character set utf8mb4`.execute(db)
    await sql`
      create table if not exists order_lines (
        order_id char(36) character set ascii not null,
        position int not null,
        product_id char(36) character set ascii not null,
        name varchar(200) not null,
        quantity int not null check (quantity > 0),
        unit_amount bigint not null check (unit_amount >= 0),
        primary key (order_id, position),
        constraint line_of_order foreign key (order_id) references orders (id)
      ) engine = innodb character set utf8mb4`.execute(db)
    await sql`
      create table if not exists idempotency (
        scope char(64) character set ascii not null primary key,
        body_hash char(64) character set ascii not null,
        status smallint not null,
        body longtext not null,
        created_at datetime(3) not null
      ) engine = innodb character set utf8mb4`.execute(db)
  },
}

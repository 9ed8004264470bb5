import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

export const messages: Migration = {
  async up(db) {
    await sql`
      create table if not exists outbox (
        position bigint not null auto_increment primary key,
        event longtext not null,
        created_at datetime(3) not null,
        published_at datetime(3),
        key outbox_unpublished (published_at, position)
      ) engine = innodb character set utf8mb4`.execute(db)
    await sql`
      create table if not exists inbox (
        event_id char(36) character set ascii not null primary key,
        handled_at datetime(3) not null
      ) engine = innodb character set utf8mb4`.execute(db)
  },
}

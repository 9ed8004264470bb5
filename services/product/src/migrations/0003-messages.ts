import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

export const messages: Migration = {
  async up(db) {
    await sql`
      create table outbox (
        position bigint generated always as identity primary key,
        event jsonb not null,
        created_at timestamptz(3) not null default now(),
        published_at timestamptz(3)
      )`.execute(db)
    await sql`create index outbox_unpublished on outbox (position) where published_at is null`.execute(db)
    await sql`create table inbox (event_id uuid primary key, handled_at timestamptz(3) not null default now())`.execute(
      db,
    )
  },
}

import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Cleaning up would look at, and lock, the whole inbox without it. */
export const inboxByTime: Migration = {
  async up(db) {
    const { rows } = await sql`
      select 1 from information_schema.statistics
      where table_schema = database() and table_name = 'inbox' and index_name = 'inbox_by_time'`.execute(db)
    if (rows.length === 0) await sql`create index inbox_by_time on inbox (handled_at)`.execute(db)
  },
}

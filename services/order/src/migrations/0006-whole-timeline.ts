import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** By which request a status came, and what was heard of an order from other services: what its timeline shows. */
export const wholeTimeline: Migration = {
  async up(db) {
    if (!(await hasColumn(db, 'status_changes', 'request_id')))
      await sql`alter table status_changes add column request_id varchar(255)`.execute(db)
    if (!(await hasColumn(db, 'inbox', 'heard')))
      await sql`
        alter table inbox
          add column subject char(36) character set ascii,
          add column heard text,
          add key inbox_of_subject (subject)`.execute(db)
  },
}

async function hasColumn(db: Kysely<unknown>, table: string, column: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from information_schema.columns
    where table_schema = database() and table_name = ${table} and column_name = ${column}`.execute(db)
  return rows.length > 0
}

import { createTimeIndexes } from '@portico/service-kit/postgres'
import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What old messages and closed attempts are found by; those closed before have 30 days from now. */
export const forgetting: Migration = {
  async up(db) {
    await createTimeIndexes(db)
    await sql`update attempt set expires_at = now() + interval '30 days' where state = 'closed'`.execute(db)
    await sql`create index attempt_closed on attempt (expires_at) where state = 'closed'`.execute(db)
  },
}

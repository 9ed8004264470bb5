import type { Ticket } from '@portico/service-kit'
import type { Db } from './database.ts'

/** Takes a ticket, once among all replicas. @returns false when it was used before */
export async function takeTicket(db: Db, { id, expiresAt }: Ticket): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('used_tickets')
    .ignore()
    .values({ id, expires_at: expiresAt })
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Forgets tickets that no clock would still take. */
export async function forgetTickets(db: Db, now = Date.now()): Promise<void> {
  await db
    .deleteFrom('used_tickets')
    .where('expires_at', '<', new Date(now - 60_000))
    .execute()
}

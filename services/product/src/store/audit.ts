import type { AuditEntry } from '@portico/contracts'
import { type Act, type Actor, auditEntryOf } from '@portico/service-kit'
import type { Db, Tx } from './database.ts'

/** Writes down what an admin does, in the transaction that does it. */
export async function noteAct(tx: Tx, by: Actor, act: Act): Promise<void> {
  const entry = auditEntryOf('product', by, act)
  await tx.insertInto('audit').values({ id: entry.id, actor: entry.actor, entry }).execute()
}

/** One page of the log, the latest first. `cursor` is the last entry of the page before. */
export async function listAudit(
  db: Db,
  { actor, limit, cursor }: { actor?: string | undefined; limit: number; cursor?: string | undefined },
): Promise<{ items: AuditEntry[]; nextCursor: string | null }> {
  let select = db.selectFrom('audit').select('entry')
  if (actor) select = select.where('actor', '=', actor)
  if (cursor) select = select.where('id', '<', cursor)
  const rows = await select
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const items = rows.slice(0, limit).map(({ entry }) => entry)
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
}

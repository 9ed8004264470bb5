import { type AuditEntry, type AuditKind, readActions } from '@portico/contracts'
import { type Act, type Actor, AppError, auditEntryOf } from '@portico/service-kit'
import { type Database, isDuplicateKey } from './database.ts'

/**
 * Writes down what an admin is about to do, and does it. A standalone MongoDB has no transactions: the entry comes
 * first and is removed when the work is refused. It stays when nobody knows whether the work was done, so the log never
 * lacks an act that happened.
 */
export async function audited<T>(db: Database, by: Actor, act: Act, work: () => Promise<T>): Promise<T> {
  const entry = auditEntryOf('user', by, act)
  await db.audit.insertOne({ _id: entry.id, actor: entry.actor, entry })
  try {
    return await work()
  } catch (error) {
    if (error instanceof AppError) await db.audit.deleteOne({ _id: entry.id })
    throw error
  }
}

/**
 * Writes down that an admin reads, once an hour for the same thing: `once` names it.
 * @returns false when it is written down already
 */
export async function noteRead(
  db: Database,
  by: Actor,
  act: Pick<Act, 'action' | 'subject' | 'after'>,
): Promise<boolean> {
  const entry = auditEntryOf('user', by, { ...act, before: null })
  const hour = entry.at.slice(0, 'YYYY-MM-DDTHH'.length)
  const once = JSON.stringify([entry.actor, hour, entry.action, entry.subject, entry.after])
  try {
    await db.audit.insertOne({ _id: entry.id, actor: entry.actor, entry, once })
    return true
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    return false
  }
}

interface AuditQuery {
  readonly actor?: string | undefined
  readonly kind?: AuditKind | undefined
  readonly limit: number
  readonly cursor?: string | undefined
}

/** One page of the log, the latest first. `cursor` is the last entry of the page before. */
export async function listAudit(
  db: Database,
  { actor, kind, limit, cursor }: AuditQuery,
): Promise<{ items: AuditEntry[]; nextCursor: string | null }> {
  const filter = {
    ...(actor !== undefined && { actor }),
    ...(cursor !== undefined && { _id: { $lt: cursor } }),
    ...(kind !== undefined && { 'entry.action': { [kind === 'read' ? '$in' : '$nin']: readActions } }),
  }
  const found = await db.audit
    .find(filter)
    .sort({ _id: -1 })
    .limit(limit + 1)
    .toArray()
  const items = found.slice(0, limit).map(({ entry }) => entry)
  return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null }
}

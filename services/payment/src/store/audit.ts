import type { AuditEntry } from '@portico/contracts'
import { type Act, type Actor, auditEntryOf } from '@portico/service-kit'
import type { Store } from './connection.ts'

/** Writes down what an admin does. A refund is written by the script that reserves it. */
export async function noteAct({ redis, keys }: Store, by: Actor, act: Act): Promise<void> {
  const entry = auditEntryOf('payment', by, act)
  const member = `${entry.id} ${JSON.stringify(entry)}`
  await redis.multi().zadd(keys.audit(), 0, member).zadd(keys.audit(entry.actor), 0, member).exec()
}

/** One page of the log, the latest first. `cursor` is the last entry of the page before. */
export async function listAudit(
  { redis, keys }: Store,
  { actor, limit, cursor }: { actor?: string | undefined; limit: number; cursor?: string | undefined },
): Promise<{ items: AuditEntry[]; nextCursor: string | null }> {
  const below = cursor === undefined ? '+' : `(${cursor}`
  const members = await redis.zrange(keys.audit(actor), below, '-', 'BYLEX', 'REV', 'LIMIT', 0, limit + 1)
  const items = members.slice(0, limit).map((member) => JSON.parse(member.slice(member.indexOf(' '))) as AuditEntry)
  return { items, nextCursor: members.length > limit ? (items.at(-1)?.id ?? null) : null }
}

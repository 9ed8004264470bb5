import type { HeldLine, OrderedLine } from '@portico/contracts'
import { HANDLED_KEPT_MS } from '@portico/service-kit'
import { sql } from 'kysely'
import type { AttemptState } from '../attempts.ts'
import type { Attempt } from './attempt-locks.ts'
import type { Db, Tx } from './database.ts'
import { lockProducts, moveLockedLines } from './stock.ts'

/**
 * A closed attempt is remembered as long as its order_placed could still come, even replayed from the dead letters: as
 * long as the inbox remembers events.
 */
export const CLOSED_KEPT_MS = HANDLED_KEPT_MS
const FORGOTTEN_AT_ONCE = 500

/** Somebody else moved an attempt in the middle: nothing of it may stay, and whoever asked asks again. */
export class AttemptMoved extends Error {
  override readonly name = 'AttemptMoved'
}

export interface Move {
  /** `none`: nothing is known of it. */
  readonly from: AttemptState | 'none'
  readonly to: AttemptState
  /** When a hold ends; null for every other state. */
  readonly heldUntil: Date | null
}

/**
 * Moves attempts on. The statement names the state that they start from, so that of two callers one wins even without
 * the lock. @throws AttemptMoved where one of them no longer has it
 */
export async function moveAttempts(tx: Tx, keys: readonly string[], { from, to, heldUntil }: Move): Promise<void> {
  const expiresAt = to === 'closed' ? new Date(Date.now() + CLOSED_KEPT_MS) : heldUntil
  const move =
    from === 'none'
      ? sql`
        insert into attempt (key, state, expires_at)
        select key, ${to}, ${expiresAt}::timestamptz from unnest(${keys}::text[]) as key on conflict do nothing`
      : sql`
        update attempt set state = ${to}, expires_at = ${expiresAt}
        where key = any(${keys}::text[]) and state = ${from}`
  const { numAffectedRows = 0n } = await move.execute(tx)
  if (numAffectedRows !== BigInt(keys.length)) throw new AttemptMoved(`no longer ${from}, one of ${keys.join(', ')}`)
}

export const moveAttempt = (tx: Tx, key: string, move: Move): Promise<void> => moveAttempts(tx, [key], move)

/** Makes holds of attempts of which nothing is known. @returns the keys of those that were new */
export async function insertHolds(
  tx: Tx,
  holds: readonly { readonly key: string; readonly heldUntil: Date }[],
): Promise<Set<string>> {
  const ends = holds.map(({ heldUntil }) => heldUntil)
  const { rows } = await sql<{ key: string }>`
    insert into attempt (key, state, expires_at)
    select key, 'held', ends from unnest(${holds.map(({ key }) => key)}::text[], ${ends}::timestamptz[]) as hold (key, ends)
    on conflict do nothing returning key`.execute(tx)
  return new Set(rows.map(({ key }) => key))
}

/** Gives back the lines of an attempt that takes others instead. Products of both are locked first, all in one order. */
export async function giveBackLines(tx: Tx, attempt: Attempt, wanted: readonly OrderedLine[]): Promise<void> {
  await lockProducts(tx, [...attempt.lines, ...wanted])
  await moveLockedLines(tx, 'release', [attempt])
  await deleteLines(tx, attempt.key)
}

async function deleteLines(tx: Tx, key: string): Promise<void> {
  await tx.deleteFrom('attempt_line').where('attempt_key', '=', key).execute()
}

/** Writes down the lines of attempts, as they were priced. */
export async function insertLines(
  tx: Tx,
  attempts: readonly { readonly key: string; readonly lines: readonly HeldLine[] }[],
): Promise<void> {
  const rows = attempts.flatMap(({ key, lines }) =>
    lines.map((line) => ({
      attempt_key: key,
      product_id: line.productId,
      quantity: line.quantity,
      name: line.name,
      unit_amount: line.unitPrice.amount,
      unit_currency: line.unitPrice.currency,
    })),
  )
  await tx.insertInto('attempt_line').values(rows).execute()
}

/** Forgets an attempt and its lines. */
export async function deleteAttempt(tx: Tx, key: string): Promise<void> {
  await deleteLines(tx, key)
  await tx.deleteFrom('attempt').where('key', '=', key).execute()
}

/** Forgets attempts that were closed 30 days ago. @returns how many */
export async function forgetClosedAttempts(db: Db, now = Date.now()): Promise<number> {
  let forgotten = 0
  for (;;) {
    const keys = await db
      .selectFrom('attempt')
      .select('key')
      .where('state', '=', 'closed')
      .where('expires_at', '<', new Date(now))
      .limit(FORGOTTEN_AT_ONCE)
      .execute()
    // A closed attempt never changes again, so it needs no lock.
    for (const { key } of keys) await db.transaction().execute((tx) => deleteAttempt(tx, key))
    forgotten += keys.length
    if (keys.length < FORGOTTEN_AT_ONCE) return forgotten
  }
}

/** The keys of holds that ended before a time; few at once, and each is looked at again under its lock. */
export async function endedHolds(db: Db, before: Date, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('attempt')
    .select('key')
    .where('state', '=', 'held')
    .where('expires_at', '<', before)
    .orderBy('expires_at')
    .limit(limit)
    .execute()
  return rows.map((row) => row.key)
}

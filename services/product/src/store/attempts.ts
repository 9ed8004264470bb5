import type { HeldLine, OrderedLine } from '@portico/contracts'
import { HANDLED_KEPT_MS } from '@portico/service-kit'
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
 * Moves an attempt on. The statement names the state that it starts from, so that of two callers one wins even without
 * the lock. @throws AttemptMoved
 */
export async function moveAttempt(tx: Tx, key: string, { from, to, heldUntil }: Move): Promise<void> {
  const expiresAt = to === 'closed' ? new Date(Date.now() + CLOSED_KEPT_MS) : heldUntil
  const moved =
    from === 'none'
      ? await tx
          .insertInto('attempt')
          .values({ key, state: to, expires_at: expiresAt })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst()
          .then(({ numInsertedOrUpdatedRows }) => numInsertedOrUpdatedRows)
      : await tx
          .updateTable('attempt')
          .set({ state: to, expires_at: expiresAt })
          .where('key', '=', key)
          .where('state', '=', from)
          .executeTakeFirst()
          .then(({ numUpdatedRows }) => numUpdatedRows)
  if (moved !== 1n) throw new AttemptMoved(`attempt ${key} is no longer ${from}`)
}

/** Gives back the lines of an attempt that takes others instead. Products of both are locked first, all in one order. */
export async function giveBackLines(tx: Tx, attempt: Attempt, wanted: readonly OrderedLine[]): Promise<void> {
  await lockProducts(tx, [...attempt.lines, ...wanted])
  await moveLockedLines(tx, 'release', attempt)
  await deleteLines(tx, attempt.key)
}

async function deleteLines(tx: Tx, key: string): Promise<void> {
  await tx.deleteFrom('attempt_line').where('attempt_key', '=', key).execute()
}

export async function insertLines(tx: Tx, key: string, lines: readonly HeldLine[]): Promise<void> {
  await tx
    .insertInto('attempt_line')
    .values(
      lines.map((line) => ({
        attempt_key: key,
        product_id: line.productId,
        quantity: line.quantity,
        name: line.name,
        unit_amount: line.unitPrice.amount,
        unit_currency: line.unitPrice.currency,
      })),
    )
    .execute()
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

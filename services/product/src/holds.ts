import type { HeldLine, OrderedLine } from '@portico/contracts'
import { AppError } from '@portico/service-kit'
import { HOLD_MS, sameLines, transitions } from './attempts.ts'
import { lockAttempt, lockAttemptForHold } from './store/attempt-locks.ts'
import { deleteAttempt, endedHolds, giveBackLines, insertLines, moveAttempt } from './store/attempts.ts'
import type { Db, Tx } from './store/database.ts'
import { lockProducts, moveLines, moveLockedLines, priceLines, type Shortage } from './store/stock.ts'

const SWEEP_LIMIT = 100

export interface Held {
  readonly items: HeldLine[]
  readonly expiresAt: string
}

/**
 * Prices lines and holds their stock for 30 seconds. The same lines again are answered again and held anew; other lines
 * replace them, unless they are a sale already.
 * @throws AppError out_of_stock, invalid_request (no such product, or one twice) or hold_closed
 */
export async function hold(db: Db, key: string, lines: readonly OrderedLine[], now = Date.now()): Promise<Held> {
  refuseRepeats(lines)
  const expiresAt = new Date(now + HOLD_MS)
  const items = await sparingEndedHolds(db, now, () =>
    db.transaction().execute((tx) => take(tx, key, lines, expiresAt)),
  )
  return { items, expiresAt: expiresAt.toISOString() }
}

async function take(tx: Tx, key: string, lines: readonly OrderedLine[], expiresAt: Date): Promise<HeldLine[]> {
  const attempt = await lockAttemptForHold(tx, key)
  const same = attempt !== undefined && sameLines(attempt.lines, lines)
  const from = attempt?.state ?? 'none'
  const { action, next } = transitions[from].hold
  if (action !== 'take' || next === undefined) {
    if (attempt?.state === 'sold' && same) return inOrderOf(lines, attempt.lines)
    throw new AppError('hold_closed')
  }
  if (same) {
    await moveAttempt(tx, key, { from, to: next, heldUntil: expiresAt })
    return inOrderOf(lines, attempt.lines)
  }
  if (attempt) await giveBackLines(tx, attempt, lines)
  const { priced, shortages } = priceLines(await lockProducts(tx, lines), lines)
  if (shortages.length > 0) throw refusal(shortages)
  await moveAttempt(tx, key, { from, to: next, heldUntil: expiresAt })
  await insertLines(tx, key, priced)
  await moveLockedLines(tx, 'hold', { key, lines: priced })
  return priced
}

/** What lines cost now; holds nothing. @throws AppError invalid_request for what the shop does not have */
export async function price(db: Db, lines: readonly OrderedLine[]): Promise<HeldLine[]> {
  refuseRepeats(lines)
  const products = await db.transaction().execute((tx) => lockProducts(tx, lines))
  const { priced, shortages } = priceLines(products, lines)
  const unknown = shortages.filter(({ available }) => available === undefined)
  if (unknown.length > 0) throw refusal(unknown)
  return priced
}

/** Makes a running hold a sale, as order_placed does; once for both. @throws AppError hold_closed */
export async function confirm(db: Db, key: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const attempt = await lockAttempt(tx, key)
    const from = attempt?.state ?? 'none'
    const { action, next } = transitions[from].confirm
    if (action === 'refuse') throw new AppError('hold_closed')
    if (!attempt || !next) return
    await moveLines(tx, 'confirm', attempt)
    await moveAttempt(tx, key, { from, to: next, heldUntil: null })
  })
}

/** Gives back what a hold keeps, and forgets it: a later hold begins anew. @throws AppError wrong_state for a sale */
export async function release(db: Db, key: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const attempt = await lockAttempt(tx, key)
    const { action } = transitions[attempt?.state ?? 'none'].release
    if (action === 'refuse') throw new AppError('wrong_state', 'The attempt is a sale.')
    if (!attempt || action !== 'return') return
    await moveLines(tx, 'release', attempt)
    await deleteAttempt(tx, key)
  })
}

/** Does what needs stock; where it is short, holds that have ended are given back and it is done once more. */
export async function sparingEndedHolds<T>(db: Db, now: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof AppError && (error.code === 'out_of_stock' || error.code === 'stock_below_zero')))
      throw error
  }
  await sweepEndedHolds(db, now)
  return work()
}

/** @throws AppError invalid_request where a product is named twice */
export function refuseRepeats(lines: readonly OrderedLine[]): void {
  const fields = lines.flatMap(({ productId }, index) =>
    lines.findIndex((line) => line.productId === productId) < index
      ? [{ field: `items.${index}.productId`, message: 'is named twice' }]
      : [],
  )
  if (fields.length > 0) throw new AppError('invalid_request', undefined, { fields })
}

function inOrderOf(asked: readonly OrderedLine[], lines: readonly HeldLine[]): HeldLine[] {
  return asked.flatMap(({ productId }) => lines.filter((line) => line.productId === productId))
}

function refusal(shortages: readonly Shortage[]): AppError {
  const unknown = shortages.filter(({ available }) => available === undefined)
  if (unknown.length > 0) {
    const fields = unknown.map(({ index }) => ({
      field: `items.${index}.productId`,
      message: 'is not a product of the shop',
    }))
    return new AppError('invalid_request', undefined, { fields })
  }
  const fields = shortages.map(({ index, available }) => ({
    field: `items.${index}.quantity`,
    message: `only ${available} available`,
  }))
  return new AppError('out_of_stock', undefined, { fields })
}

/**
 * Gives back what holds keep that have ended. The attempt itself is forgotten: a later hold or sale starts anew.
 * @param ended called with the key of each
 */
export async function sweepEndedHolds(db: Db, now = Date.now(), ended?: (key: string) => void): Promise<void> {
  const before = new Date(now)
  for (;;) {
    const keys = await endedHolds(db, before, SWEEP_LIMIT)
    for (const key of keys) if (await db.transaction().execute((tx) => endHold(tx, key, before))) ended?.(key)
    if (keys.length < SWEEP_LIMIT) return
  }
}

/** @returns whether it had ended and was still there */
async function endHold(tx: Tx, key: string, before: Date): Promise<boolean> {
  const attempt = await lockAttempt(tx, key)
  if (attempt?.state !== 'held' || !attempt.expiresAt || attempt.expiresAt >= before) return false
  await moveLines(tx, 'release', attempt)
  await deleteAttempt(tx, key)
  return true
}

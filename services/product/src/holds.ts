import type { HeldLine, OrderedLine } from '@portico/contracts'
import { AppError } from '@portico/service-kit'
import { HOLD_MS, sameLines, transitions } from './attempts.ts'
import {
  endedHolds,
  lockAttempt,
  moveHeld,
  priceLines,
  replaceLines,
  type Shortage,
  saveState,
} from './store/attempts.ts'
import type { Db } from './store/database.ts'

const SWEEP_LIMIT = 100

/**
 * Prices lines and holds their stock for 30 seconds. The same lines again are answered again and held anew; other lines
 * replace them, unless they are a sale already.
 * @throws AppError out_of_stock, invalid_request (no such product) or hold_closed
 */
export async function hold(
  db: Db,
  key: string,
  lines: readonly OrderedLine[],
  now = Date.now(),
): Promise<{ items: HeldLine[]; expiresAt: string }> {
  const expiresAt = new Date(now + HOLD_MS)
  const items = await db.transaction().execute(async (tx) => {
    const attempt = await lockAttempt(tx, key)
    const { action, next } = transitions[attempt?.state ?? 'none'].hold
    if (action !== 'take' || next === undefined) {
      if (attempt?.state === 'sold' && sameLines(attempt.lines, lines)) return inOrderOf(lines, attempt.lines)
      throw new AppError('hold_closed')
    }
    if (attempt && sameLines(attempt.lines, lines)) {
      await saveState(tx, key, next, expiresAt)
      return inOrderOf(lines, attempt.lines)
    }
    if (attempt) await moveHeld(tx, attempt.lines, -1)
    const { priced, shortages } = await priceLines(tx, lines)
    if (shortages.length > 0) throw refusal(shortages)
    await saveState(tx, key, next, expiresAt)
    await replaceLines(tx, key, priced)
    await moveHeld(tx, priced, 1)
    return priced
  })
  return { items, expiresAt: expiresAt.toISOString() }
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

/** Gives back what holds keep that have ended. The attempt itself is forgotten: a later hold or sale starts anew. */
export async function sweepEndedHolds(db: Db, now = Date.now()): Promise<number> {
  const before = new Date(now)
  const keys = await db.transaction().execute((tx) => endedHolds(tx, before, SWEEP_LIMIT))
  for (const key of keys) {
    await db.transaction().execute(async (tx) => {
      const attempt = await lockAttempt(tx, key)
      if (attempt?.state !== 'held' || !attempt.expiresAt || attempt.expiresAt >= before) return
      await moveHeld(tx, attempt.lines, -1)
      await tx.deleteFrom('attempt_line').where('attempt_key', '=', key).execute()
      await tx.deleteFrom('attempt').where('key', '=', key).execute()
    })
  }
  return keys.length
}

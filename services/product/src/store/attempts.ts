import type { HeldLine, OrderedLine } from '@portico/contracts'
import { sql } from 'kysely'
import type { AttemptState } from '../attempts.ts'
import type { Tx } from './database.ts'
import { recordMovement } from './stock.ts'

export interface Attempt {
  readonly key: string
  readonly state: AttemptState
  readonly expiresAt: Date | null
  readonly lines: readonly HeldLine[]
}

/** A line that can't be had, by its place in the request. */
export interface Shortage {
  readonly index: number
  /** Undefined: the shop has no such product. */
  readonly available: number | undefined
}

/** Locks an attempt, known or not, until the transaction ends: what comes for it waits in line. */
export async function lockAttempt(tx: Tx, key: string): Promise<Attempt | undefined> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(tx)
  const row = await tx.selectFrom('attempt').selectAll().where('key', '=', key).executeTakeFirst()
  if (!row) return undefined
  const lines = await tx.selectFrom('attempt_line').selectAll().where('attempt_key', '=', key).execute()
  return {
    key,
    state: row.state,
    expiresAt: row.expires_at,
    lines: lines.map((line) => ({
      productId: line.product_id,
      name: line.name,
      quantity: line.quantity,
      unitPrice: { amount: line.unit_amount, currency: line.unit_currency },
    })),
  }
}

export async function saveState(tx: Tx, key: string, state: AttemptState, expiresAt: Date | null): Promise<void> {
  await tx
    .insertInto('attempt')
    .values({ key, state, expires_at: expiresAt })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ state, expires_at: expiresAt }))
    .execute()
}

export async function replaceLines(tx: Tx, key: string, lines: readonly HeldLine[]): Promise<void> {
  await tx.deleteFrom('attempt_line').where('attempt_key', '=', key).execute()
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

/**
 * Locks the products of the lines, in the order of their ids so that two attempts can't wait for each other, and prices
 * the lines in the order in which they were given.
 */
export async function priceLines(
  tx: Tx,
  lines: readonly OrderedLine[],
): Promise<{ priced: HeldLine[]; shortages: Shortage[] }> {
  const rows = await tx
    .selectFrom('product')
    .selectAll()
    .where(
      'id',
      'in',
      lines.map((line) => line.productId),
    )
    .orderBy('id')
    .forUpdate()
    .execute()
  const products = new Map(rows.map((row) => [row.id, row]))
  const priced: HeldLine[] = []
  const shortages: Shortage[] = []
  for (const [index, line] of lines.entries()) {
    const product = products.get(line.productId)
    if (!product || product.retired) shortages.push({ index, available: undefined })
    else {
      const available = product.stock - product.held
      if (available < line.quantity) shortages.push({ index, available })
      const unitPrice = { amount: product.price_amount, currency: product.price_currency }
      priced.push({ ...line, name: product.name, unitPrice })
    }
  }
  return { priced, shortages }
}

/** Holds lines: they stay in the stock and are no longer available. A negative sign gives them back. */
export async function moveHeld(tx: Tx, lines: readonly OrderedLine[], sign: 1 | -1): Promise<void> {
  for (const { productId, quantity } of inOrder(lines)) {
    await tx
      .updateTable('product')
      .set({ held: sql`held + ${sign * quantity}` })
      .where('id', '=', productId)
      .execute()
  }
}

/** Takes lines out of the stock, or puts them back, each with a line in the ledger. */
export async function moveStock(
  tx: Tx,
  key: string,
  lines: readonly OrderedLine[],
  sign: 1 | -1,
  reason: string,
): Promise<void> {
  for (const { productId, quantity } of inOrder(lines)) {
    await tx
      .updateTable('product')
      .set({ stock: sql`stock + ${sign * quantity}` })
      .where('id', '=', productId)
      .execute()
    await recordMovement(tx, { productId, delta: sign * quantity, reason, attemptKey: key })
  }
}

/** Turns held lines into sold ones in one statement each, so that `held <= stock` holds at every moment. */
export async function sellHeld(tx: Tx, key: string, lines: readonly OrderedLine[]): Promise<void> {
  for (const { productId, quantity } of inOrder(lines)) {
    await tx
      .updateTable('product')
      .set({ stock: sql`stock - ${quantity}`, held: sql`held - ${quantity}` })
      .where('id', '=', productId)
      .execute()
    await recordMovement(tx, { productId, delta: -quantity, reason: 'sold', attemptKey: key })
  }
}

/** The keys of holds that ended before a time; few at once, and each is looked at again under its lock. */
export async function endedHolds(tx: Tx, before: Date, limit: number): Promise<string[]> {
  const rows = await tx
    .selectFrom('attempt')
    .select('key')
    .where('state', '=', 'held')
    .where('expires_at', '<', before)
    .orderBy('expires_at')
    .limit(limit)
    .execute()
  return rows.map((row) => row.key)
}

const inOrder = (lines: readonly OrderedLine[]): OrderedLine[] =>
  lines.toSorted((a, b) => (a.productId < b.productId ? -1 : 1))

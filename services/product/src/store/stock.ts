import type { HeldLine, OrderedLine } from '@portico/contracts'
import { type Selectable, sql } from 'kysely'
import type { Db, ProductTable, Tx } from './database.ts'

/** What a line's quantity does to the stock of its product, and to the part of it that is held. */
const moves = {
  hold: { stock: 0, held: 1 },
  release: { stock: 0, held: -1 },
  confirm: { stock: -1, held: -1 },
  sell: { stock: -1, held: 0 },
  restock: { stock: 1, held: 0 },
} as const

/** A line that can't be had, by its place in the request. */
export interface Shortage {
  readonly index: number
  /** Undefined: the shop has no such product. */
  readonly available: number | undefined
}

/** The most that a stock can be counted up to; what is given back still fits the column above it. */
export const MAX_STOCK = 1_000_000_000

/** Locks the products of lines in the order of their ids, so that no two transactions wait for each other. */
export async function lockProducts(tx: Tx, lines: readonly OrderedLine[]): Promise<Selectable<ProductTable>[]> {
  return tx
    .selectFrom('product')
    .selectAll()
    .where('id', '=', sql<string>`any(${lines.map(({ productId }) => productId)}::uuid[])`)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
}

/** Locks the products of the lines, and prices the lines in the order in which they were given. */
export async function priceLines(
  tx: Tx,
  lines: readonly OrderedLine[],
): Promise<{ priced: HeldLine[]; shortages: Shortage[] }> {
  const products = new Map((await lockProducts(tx, lines)).map((row) => [row.id, row]))
  const priced: HeldLine[] = []
  const shortages: Shortage[] = []
  for (const [index, line] of lines.entries()) {
    const product = products.get(line.productId)
    if (!product || product.retired) shortages.push({ index, available: undefined })
    else {
      const available = product.stock - product.held
      if (available < line.quantity) shortages.push({ index, available })
      const unitPrice = { amount: product.price_amount, currency: product.price_currency }
      priced.push({ productId: line.productId, quantity: line.quantity, name: product.name, unitPrice })
    }
  }
  return { priced, shortages }
}

/** Moves lines of an attempt, all in one statement; what changes the stock is written into the ledger too. */
export async function moveLines(
  tx: Tx,
  move: keyof typeof moves,
  attempt: { readonly key: string; readonly lines: readonly OrderedLine[] },
  reason = 'sold',
): Promise<void> {
  const { key, lines } = attempt
  const { stock, held } = moves[move]
  // One row has no order to be locked in.
  if (lines.length > 1) await lockProducts(tx, lines)
  await sql`
    update product set stock = stock + ${stock}::integer * quantity, held = held + ${held}::integer * quantity
    from unnest(${lines.map((line) => line.productId)}::uuid[], ${lines.map((line) => line.quantity)}::integer[])
      as line (product_id, quantity)
    where product.id = line.product_id`.execute(tx)
  if (stock === 0) return
  await tx
    .insertInto('stock_movement')
    .values(
      lines.map(({ productId, quantity }) => ({
        product_id: productId,
        delta: stock * quantity,
        reason,
        attempt_key: key,
      })),
    )
    .execute()
}

/** A movement that no attempt made: an admin counted, or a product came. */
export async function recordMovement(
  tx: Tx,
  movement: { productId: string; delta: number; reason: string },
): Promise<void> {
  await tx
    .insertInto('stock_movement')
    .values({ product_id: movement.productId, delta: movement.delta, reason: movement.reason, attempt_key: null })
    .execute()
}

/**
 * Adds to a stock or takes from it.
 * @returns false when less would be left than is held or more than MAX_STOCK, or when there is no such product
 */
export async function changeStock(tx: Tx, productId: string, delta: number, reason: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('product')
    .set({ stock: sql`stock + ${delta}` })
    .where('id', '=', productId)
    .where('retired', '=', false)
    .where(sql<boolean>`stock::bigint + ${delta} between held and greatest(stock, ${MAX_STOCK})`)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return false
  await recordMovement(tx, { productId, delta, reason })
  return true
}

/** The stock of every product as its ledger has it. */
export async function stockFromLedger(db: Db): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('stock_movement')
    .select(['product_id', sql<number>`sum(delta)::integer`.as('stock')])
    .groupBy('product_id')
    .execute()
  return new Map(rows.map((row) => [row.product_id, row.stock]))
}

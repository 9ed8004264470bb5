import type { HeldLine, OrderedLine } from '@portico/contracts'
import { type RawBuilder, type Selectable, sql } from 'kysely'
import type { Db, ProductTable, Tx } from './database.ts'

/** What a line's quantity does to the stock of its product, and to the part of it that is held. */
const moves = {
  hold: { stock: 0, held: 1 },
  release: { stock: 0, held: -1 },
  confirm: { stock: -1, held: -1 },
  sell: { stock: -1, held: 0 },
  restock: { stock: 1, held: 0 },
} as const

type Move = keyof typeof moves

interface AttemptLines {
  readonly key: string
  readonly lines: readonly OrderedLine[]
}

/** A line that can't be had, by its place in the request. */
export interface Shortage {
  readonly index: number
  /** Undefined: the shop has no such product. */
  readonly available: number | undefined
}

/** The most that a stock can be counted up to; what is given back still fits the column above it. */
export const MAX_STOCK = 1_000_000_000

/** A product as it stands under the lock. */
export type Stocked = Pick<
  Selectable<ProductTable>,
  'id' | 'name' | 'price_amount' | 'price_currency' | 'stock' | 'held' | 'retired'
>

/** Locks the products of lines in the order of their ids, so that no two transactions wait for each other. */
export async function lockProducts(tx: Tx, lines: readonly OrderedLine[]): Promise<Map<string, Stocked>> {
  const ids = [...new Set(lines.map(({ productId }) => productId))]
  const { rows } = await sql<Stocked>`
    select id, name, price_amount, price_currency, stock, held, retired from product
    where id = any(${ids}::uuid[]) order by id for no key update`.execute(tx)
  return new Map(rows.map((row) => [row.id, row]))
}

/** Prices lines of products as they stand, in the order in which they were given. */
export function priceLines(
  products: ReadonlyMap<string, Stocked>,
  lines: readonly OrderedLine[],
): { priced: HeldLine[]; shortages: Shortage[] } {
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

/** Locks the products of lines that a statement is about to move: one row has no order to be locked in. */
export async function lockSeveral(tx: Tx, lines: readonly OrderedLine[]): Promise<void> {
  if (lines.length > 1) await lockProducts(tx, lines)
}

/** Moves lines of an attempt, once their products are locked. */
export async function moveLines(tx: Tx, move: Move, attempt: AttemptLines, reason?: string): Promise<void> {
  await lockSeveral(tx, attempt.lines)
  await moveLockedLines(tx, move, attempt, reason)
}

/** Moves lines of an attempt whose products are locked. */
export async function moveLockedLines(
  tx: Tx,
  move: Move,
  { key, lines }: AttemptLines,
  reason?: string,
): Promise<void> {
  const [ids, quantities] = [lines.map(({ productId }) => productId), lines.map(({ quantity }) => quantity)]
  await sql`
    with line as (
      select ${key} as key, * from unnest(${ids}::uuid[], ${quantities}::integer[]) as line (product_id, quantity)
    ), ${moving(move, reason)} select 1`.execute(tx)
}

/**
 * What moves the lines of a statement: it has them as `line (key, product_id, quantity)`, of one attempt or many. What
 * changes the stock is written into the ledger with it.
 */
export function moving(move: Move, reason = 'sold'): RawBuilder<unknown> {
  const [stock, held] = [sql.lit(moves[move].stock), sql.lit(moves[move].held)]
  const ledger = sql`ledger as (
      insert into stock_movement (product_id, delta, reason, attempt_key)
      select product_id, ${stock} * quantity, ${reason}, key from line
    ),`
  return sql`${moves[move].stock === 0 ? sql`` : ledger} moved as (
      update product set stock = stock + ${stock} * total.quantity, held = held + ${held} * total.quantity
      from (select product_id, sum(quantity)::integer as quantity from line group by product_id) as total
      where product.id = total.product_id
    )`
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

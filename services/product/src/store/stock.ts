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

/** Lines as an attempt has them. */
export interface AttemptLines {
  readonly key: string
  readonly lines: readonly OrderedLine[]
}

/** Locks the products of attempts, and moves their lines. */
export async function moveLines(
  tx: Tx,
  move: keyof typeof moves,
  attempts: readonly AttemptLines[],
  reason = 'sold',
): Promise<void> {
  const lines = attempts.flatMap((attempt) => attempt.lines)
  // One row has no order to be locked in.
  if (lines.length > 1) await lockProducts(tx, lines)
  await moveLockedLines(tx, move, attempts, reason)
}

/** Moves lines of attempts, all in one statement; what changes the stock is written into the ledger with it. */
export async function moveLockedLines(
  tx: Tx,
  move: keyof typeof moves,
  attempts: readonly AttemptLines[],
  reason = 'sold',
): Promise<void> {
  const lines = attempts.flatMap(({ key, lines }) => lines.map((line) => ({ ...line, key })))
  const { stock, held } = moves[move]
  await sql`
    with line as (
      select * from unnest(
        ${lines.map(({ key }) => key)}::text[], ${lines.map(({ productId }) => productId)}::uuid[],
        ${lines.map(({ quantity }) => quantity)}::integer[]) as line (key, product_id, quantity)
    ), ledger as (
      insert into stock_movement (product_id, delta, reason, attempt_key)
      select product_id, ${stock}::integer * quantity, ${reason}, key from line where ${stock}::integer <> 0
    )
    update product
    set stock = stock + ${stock}::integer * total.quantity, held = held + ${held}::integer * total.quantity
    from (select product_id, sum(quantity)::integer as quantity from line group by product_id) as total
    where product.id = total.product_id`.execute(tx)
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

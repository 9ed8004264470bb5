import { sql } from 'kysely'
import type { Db } from './database.ts'

/** A product whose row says otherwise than the ledger of movements and the attempts. */
export interface Difference {
  readonly productId: string
  readonly sku: string
  /** As the row has it. */
  readonly stock: number
  readonly held: number
  /** As the ledger of movements, and the attempts that are held, have it. */
  readonly stockByLedger: number
  readonly heldByAttempts: number
}

const books = sql`
  select id as "productId", sku, stock, held,
    coalesce((select sum(delta) from stock_movement where product_id = product.id), 0)::integer as "stockByLedger",
    coalesce((
      select sum(quantity) from attempt_line join attempt on attempt.key = attempt_line.attempt_key
      where attempt_line.product_id = product.id and attempt.state = 'held'
    ), 0)::integer as "heldByAttempts"
  from product`

const differing = sql`
  select * from (${books}) as books
  where stock <> "stockByLedger" or held <> "heldByAttempts" order by sku`

/**
 * Compares every product with its books; with `rebuild`, sets it right in the same transaction. Meanwhile nobody else
 * moves stock: whoever does has the table's lock until the commit, so that no movement is seen in part. Reading goes on.
 * @returns what differed
 */
export async function compareStock(db: Db, { rebuild }: { readonly rebuild: boolean }): Promise<Difference[]> {
  return db.transaction().execute(async (tx) => {
    await sql`lock table product in exclusive mode`.execute(tx)
    const { rows } = await sql<Difference>`${differing}`.execute(tx)
    if (!rebuild) return rows
    for (const { productId, stockByLedger, heldByAttempts } of rows) {
      await tx
        .updateTable('product')
        .set({ stock: stockByLedger, held: heldByAttempts })
        .where('id', '=', productId)
        .execute()
    }
    return rows
  })
}

import { sql } from 'kysely'
import type { Db, Tx } from './database.ts'

/** Every change of a stock is a line of the ledger: the stock is the sum of its movements. */
export async function recordMovement(
  tx: Tx,
  movement: { productId: string; delta: number; reason: string; attemptKey?: string },
): Promise<void> {
  await tx
    .insertInto('stock_movement')
    .values({
      product_id: movement.productId,
      delta: movement.delta,
      reason: movement.reason,
      attempt_key: movement.attemptKey ?? null,
    })
    .execute()
}

/** Adds to a stock or takes from it; what is held can't be taken. @returns whether it was enough */
export async function changeStock(db: Db, productId: string, delta: number, reason: string): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('product')
      .set({ stock: sql`stock + ${delta}` })
      .where('id', '=', productId)
      .where('retired', '=', false)
      .where(sql<boolean>`stock + ${delta} >= held`)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) return false
    await recordMovement(tx, { productId, delta, reason })
    return true
  })
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

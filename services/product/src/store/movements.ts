import type { StockMovement } from '@portico/contracts'
import type { Db } from './database.ts'

/** One page of a product's ledger, the latest first. `before` is the last movement of the page before. */
export async function listMovements(
  db: Db,
  productId: string,
  { before, limit }: { before?: number | undefined; limit: number },
): Promise<StockMovement[]> {
  let select = db.selectFrom('stock_movement').selectAll().where('product_id', '=', productId)
  if (before !== undefined) select = select.where('id', '<', before)
  const rows = await select.orderBy('id', 'desc').limit(limit).execute()
  return rows.map((row) => ({
    id: row.id,
    delta: row.delta,
    reason: row.reason,
    orderId: row.attempt_key?.split(':')[0] ?? null,
    at: row.at.toISOString(),
  }))
}

/** Whether there is such a product, retired or not. */
export async function isProduct(db: Db, id: string): Promise<boolean> {
  return (await db.selectFrom('product').select('id').where('id', '=', id).executeTakeFirst()) !== undefined
}

import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '@portico/service-kit'
import { availableOf } from './store/catalogue.ts'
import type { Db } from './store/database.ts'

export interface StockChange {
  readonly productId: string
  readonly available: number
  readonly at: string
}

/** How often what is watched is looked at; nothing is when nobody watches. */
const LOOK_EVERY_MS = 500

/**
 * What is available of products now, and each change from then on, until the watcher goes. What changed back between two
 * looks is not told. @throws AppError not_found for a product that the shop does not have
 */
export async function* watchStock(
  db: Db,
  productIds: readonly string[],
  gone: AbortSignal,
): AsyncGenerator<StockChange> {
  const told = new Map<string, number>()
  for (;;) {
    const found = await availableOf(db, productIds)
    const unknown = productIds.find((id) => !found.has(id) && !told.has(id))
    if (unknown !== undefined) throw new AppError('not_found', `The shop has no product ${unknown}.`)
    const at = new Date().toISOString()
    for (const productId of productIds) {
      // A product that was taken out of the catalogue can't be had any more.
      const available = found.get(productId) ?? 0
      if (told.get(productId) === available) continue
      told.set(productId, available)
      yield { productId, available, at }
    }
    await wait(LOOK_EVERY_MS, undefined, { signal: gone }).catch(() => undefined)
    if (gone.aborted) return
  }
}

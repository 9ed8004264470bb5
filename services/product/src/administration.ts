import type { Product } from '@portico/contracts'
import { type Actor, differenceOf } from '@portico/service-kit'
import { noteAct } from './store/audit.ts'
import type { Description, DescriptionChange, VersionedProduct } from './store/catalogue.ts'
import * as catalogue from './store/catalogue.ts'
import type { Db, Tx } from './store/database.ts'
import * as stock from './store/stock.ts'

/** A product as somebody saw it: with one of these versions, or any. */
export interface Seen {
  readonly id: string
  readonly versions: readonly number[] | 'any'
}

/** Adds a product, and writes down who did. @throws AppError sku_taken */
export const create = (db: Db, by: Actor, given: Description, firstStock: number): Promise<VersionedProduct> =>
  db.transaction().execute(async (tx) => {
    const created = await catalogue.insertProduct(tx, given, firstStock)
    const { id, ...after } = stateOf(created.product)
    await noteAct(tx, by, {
      action: 'product.created',
      subject: id,
      before: null,
      after: { ...after, stock: firstStock },
    })
    return created
  })

/** Changes a product that is as it was seen, and writes down what was different. @throws AppError sku_taken */
export const change = (
  db: Db,
  by: Actor,
  { id, versions }: Seen,
  given: DescriptionChange,
): Promise<VersionedProduct | undefined> =>
  db.transaction().execute(async (tx) => {
    const before = await lockedState(tx, id)
    const changed = await catalogue.updateProduct(tx, id, versions, given)
    if (!before || !changed) return undefined
    const difference = differenceOf(before, stateOf(changed.product))
    await noteAct(tx, by, { action: 'product.changed', subject: id, ...difference })
    return changed
  })

/** Takes a product that is as it was seen out of the catalogue. @returns whether there was one */
export const retire = (db: Db, by: Actor, { id, versions }: Seen): Promise<boolean> =>
  db.transaction().execute(async (tx) => {
    const before = await lockedState(tx, id)
    if (!before || !(await catalogue.retireProduct(tx, id, versions))) return false
    await noteAct(tx, by, { action: 'product.retired', subject: id, before, after: null })
    return true
  })

/** Adds to a stock or takes from it. @returns false where that can't be, see `stock.changeStock` */
export const count = (
  db: Db,
  by: Actor,
  productId: string,
  { delta, reason }: { readonly delta: number; readonly reason: string },
): Promise<boolean> =>
  db.transaction().execute(async (tx) => {
    if (!(await stock.changeStock(tx, productId, delta, reason))) return false
    const products = await stock.lockProducts(tx, [{ productId, quantity: 1 }])
    const after = products.get(productId)?.stock ?? 0
    const act = { action: 'stock.changed', subject: productId } as const
    await noteAct(tx, by, { ...act, before: { stock: after - delta }, after: { stock: after, delta, reason } })
    return true
  })

/** A product's description under the lock of its row. */
async function lockedState(tx: Tx, productId: string): Promise<Omit<Product, 'available' | 'updatedAt'> | undefined> {
  await stock.lockProducts(tx, [{ productId, quantity: 1 }])
  const found = await catalogue.findProduct(tx, productId)
  return found && stateOf(found.product)
}

/** What an admin can change of a product. */
const stateOf = ({ available: _a, updatedAt: _u, ...state }: Product) => state

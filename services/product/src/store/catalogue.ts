import type { Product } from '@portico/contracts'
import { AppError, decodeCursor, encodeCursor, newId } from '@portico/service-kit'
import { type Selectable, sql } from 'kysely'
import type { Db, ProductTable } from './database.ts'
import { recordMovement } from './stock.ts'

export type Sort = 'name' | 'price' | '-price' | '-updatedAt'

export interface CatalogueQuery {
  readonly q?: string | undefined
  readonly category?: string | undefined
  readonly minPrice?: number | undefined
  readonly maxPrice?: number | undefined
  readonly sort?: Sort | undefined
  readonly limit: number
  readonly cursor?: string | undefined
}

export interface VersionedProduct {
  readonly product: Product
  readonly version: number
}

export type ProductChange = Partial<Omit<Product, 'id' | 'available' | 'updatedAt'>>

const UNIQUE_VIOLATION = '23505'

const sorts = {
  name: { column: 'name', direction: 'asc', kind: 'string', of: (row) => row.name },
  price: { column: 'price_amount', direction: 'asc', kind: 'number', of: (row) => row.price_amount },
  '-price': { column: 'price_amount', direction: 'desc', kind: 'number', of: (row) => row.price_amount },
  '-updatedAt': { column: 'updated_at', direction: 'desc', kind: 'string', of: (row) => row.updated_at.toISOString() },
} as const satisfies Record<
  Sort,
  {
    column: keyof ProductTable
    direction: 'asc' | 'desc'
    kind: 'string' | 'number'
    of: (row: Row) => string | number
  }
>

type Row = Selectable<ProductTable>

const toProduct = (row: Row): Product => ({
  id: row.id,
  sku: row.sku,
  name: row.name,
  description: row.description,
  category: row.category,
  price: { amount: row.price_amount, currency: row.price_currency },
  available: row.stock - row.held,
  imageUrl: row.image_url,
  updatedAt: row.updated_at.toISOString(),
})

const toVersioned = (row: Row): VersionedProduct => ({ product: toProduct(row), version: row.version })

/** One page of the catalogue. The cursor holds the sort and the last item's place in it, so pages neither skip nor repeat. */
export async function listProducts(
  db: Db,
  query: CatalogueQuery,
): Promise<{ items: Product[]; nextCursor: string | null }> {
  const name = query.sort ?? 'name'
  const sort = sorts[name]
  let select = db.selectFrom('product').selectAll().where('retired', '=', false)
  if (query.q) select = select.where(matching(query.q))
  if (query.category) select = select.where('category', '=', query.category)
  if (query.minPrice !== undefined) select = select.where('price_amount', '>=', query.minPrice)
  if (query.maxPrice !== undefined) select = select.where('price_amount', '<=', query.maxPrice)
  if (query.cursor) {
    const [cursorSort, value, id] = decodeCursor(query.cursor, ['string', sort.kind, 'string'])
    if (cursorSort !== name)
      throw new AppError('invalid_request', undefined, {
        fields: [{ field: 'cursor', message: `is of a list sorted by ${cursorSort}` }],
      })
    const beyond = sql.raw(sort.direction === 'asc' ? '>' : '<')
    select = select.where(sql<boolean>`(${sql.ref(sort.column)}, id) ${beyond} (${value}, ${id})`)
  }
  const rows = await select
    .orderBy(sort.column, sort.direction)
    .orderBy('id', sort.direction)
    .limit(query.limit + 1)
    .execute()
  const page = rows.slice(0, query.limit)
  const last = page.at(-1)
  const nextCursor = rows.length > query.limit && last ? encodeCursor([name, sort.of(last), last.id]) : null
  return { items: page.map(toProduct), nextCursor }
}

/** Words of the whole text in any form, or a piece of the name or SKU as it is typed. */
function matching(q: string) {
  const piece = `%${q.replace(/[\\%_]/g, '\\$&')}%`
  return sql<boolean>`(document @@ websearch_to_tsquery('english', ${q}) or name ilike ${piece} or sku ilike ${piece})`
}

export async function findProduct(db: Db, id: string): Promise<VersionedProduct | undefined> {
  const row = await db
    .selectFrom('product')
    .selectAll()
    .where('id', '=', id)
    .where('retired', '=', false)
    .executeTakeFirst()
  return row && toVersioned(row)
}

/** @throws AppError sku_taken */
export async function insertProduct(
  db: Db,
  product: ProductChange & { sku: string },
  stock: number,
): Promise<VersionedProduct> {
  return unlessTaken(
    db.transaction().execute(async (tx) => {
      const { name = '', description = '', category = '', price, sku, imageUrl = null } = product
      const row = await tx
        .insertInto('product')
        .values({
          id: newId(),
          sku,
          name,
          description,
          category,
          price_amount: price?.amount ?? 0,
          price_currency: price?.currency ?? '',
          stock,
          held: 0,
          image_url: imageUrl,
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      if (stock > 0) await recordMovement(tx, { productId: row.id, delta: stock, reason: 'first stock' })
      return toVersioned(row)
    }),
  )
}

/**
 * Changes a product that still has one of the versions; `any` takes whichever it has.
 * @returns the product after the change, or undefined when there is none of such a version. @throws AppError sku_taken
 */
export async function updateProduct(
  db: Db,
  id: string,
  versions: readonly number[] | 'any',
  change: ProductChange,
): Promise<VersionedProduct | undefined> {
  let update = db
    .updateTable('product')
    .set({
      ...(change.sku !== undefined && { sku: change.sku }),
      ...(change.name !== undefined && { name: change.name }),
      ...(change.description !== undefined && { description: change.description }),
      ...(change.category !== undefined && { category: change.category }),
      ...(change.price !== undefined && { price_amount: change.price.amount, price_currency: change.price.currency }),
      ...(change.imageUrl !== undefined && { image_url: change.imageUrl }),
      version: sql`version + 1`,
      updated_at: sql`now()`,
    })
    .where('id', '=', id)
    .where('retired', '=', false)
  if (versions !== 'any') update = update.where('version', 'in', versions)
  const row = await unlessTaken(update.returningAll().executeTakeFirst())
  return row && toVersioned(row)
}

/** Takes a product out of the catalogue. @returns whether there was one of such a version */
export async function retireProduct(db: Db, id: string, versions: readonly number[] | 'any'): Promise<boolean> {
  let update = db
    .updateTable('product')
    .set({ retired: true, version: sql`version + 1`, updated_at: sql`now()` })
    .where('id', '=', id)
    .where('retired', '=', false)
  if (versions !== 'any') update = update.where('version', 'in', versions)
  return (await update.executeTakeFirst()).numUpdatedRows > 0n
}

async function unlessTaken<T>(write: Promise<T>): Promise<T> {
  try {
    return await write
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION) throw new AppError('sku_taken')
    throw error
  }
}

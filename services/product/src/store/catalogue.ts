import { type Money, type Product, timestamp, uuid } from '@portico/contracts'
import { AppError, decodeCursor, encodeCursor, newId } from '@portico/service-kit'
import { type Selectable, sql } from 'kysely'
import type { Db, ProductTable, Tx } from './database.ts'
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

/** What an admin says of a product. */
export interface Description {
  readonly sku: string
  readonly name: string
  readonly description: string
  readonly category: string
  readonly price: Money
  readonly imageUrl?: string | null | undefined
}

export type DescriptionChange = { readonly [Field in keyof Description]?: Description[Field] | undefined }

const UNIQUE_VIOLATION = '23505'

interface Order {
  readonly column: 'name' | 'price_amount' | 'updated_at'
  readonly direction: 'asc' | 'desc'
  readonly kind: 'string' | 'number'
  readonly of: (row: Row) => string | number
  /** Whether a cursor's value is one of this column. */
  readonly has: (value: string | number) => boolean
}

const byPrice = {
  column: 'price_amount',
  kind: 'number',
  of: (row: Row) => row.price_amount,
  has: Number.isSafeInteger,
} as const

const orders: Readonly<Record<Sort, Order>> = {
  name: { column: 'name', direction: 'asc', kind: 'string', of: (row) => row.name, has: isText },
  price: { ...byPrice, direction: 'asc' },
  '-price': { ...byPrice, direction: 'desc' },
  '-updatedAt': {
    column: 'updated_at',
    direction: 'desc',
    kind: 'string',
    of: (row) => row.updated_at.toISOString(),
    has: (value) => timestamp.safeParse(value).success,
  },
}

/** What of a product is told; not the document that words are searched in, which is longer than all of it. */
const told = [
  ...(['id', 'sku', 'name', 'description', 'category', 'price_amount', 'price_currency'] as const),
  ...(['image_url', 'version', 'updated_at'] as const),
] as const
type Row = Pick<Selectable<ProductTable>, (typeof told)[number]> & { readonly available: number }

function isText(value: string | number): boolean {
  return typeof value === 'string' && !value.includes('\0')
}

/** The stock without what holds keep; those that have ended count no more, whether they were swept yet or not. */
const available = () =>
  sql<number>`(stock - held + coalesce((
    select sum(line.quantity) from attempt join attempt_line line on line.attempt_key = attempt.key
    where attempt.state = 'held' and attempt.expires_at < ${new Date()} and line.product_id = product.id
  ), 0))::integer`.as('available')

const toProduct = (row: Row): Product => ({
  id: row.id,
  sku: row.sku,
  name: row.name,
  description: row.description,
  category: row.category,
  price: { amount: row.price_amount, currency: row.price_currency },
  available: row.available,
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
  const order = orders[name]
  let select = db.selectFrom('product').select(told).select(available()).where('retired', '=', false)
  if (query.q) select = select.where(matching(query.q))
  if (query.category) select = select.where('category', '=', query.category)
  if (query.minPrice !== undefined) select = select.where('price_amount', '>=', query.minPrice)
  if (query.maxPrice !== undefined) select = select.where('price_amount', '<=', query.maxPrice)
  if (query.cursor) {
    const { value, id } = placeIn(name, query.cursor)
    const beyond = sql.raw(order.direction === 'asc' ? '>' : '<')
    select = select.where(sql<boolean>`(${sql.ref(order.column)}, id) ${beyond} (${value}, ${id})`)
  }
  const rows = await select
    .orderBy(order.column, order.direction)
    .orderBy('id', order.direction)
    .limit(query.limit + 1)
    .execute()
  const page = rows.slice(0, query.limit)
  const last = page.at(-1)
  const nextCursor = rows.length > query.limit && last ? encodeCursor([name, order.of(last), last.id]) : null
  return { items: page.map(toProduct), nextCursor }
}

/** The place that a cursor names. @throws AppError invalid_request when it is of another order, or was not made here */
function placeIn(name: Sort, cursor: string): { value: string | number; id: string } {
  const [sort, value, id] = decodeCursor(cursor, ['string', orders[name].kind, 'string'])
  if (sort === name && value !== undefined && orders[name].has(value)) {
    const parsed = uuid.safeParse(id)
    if (parsed.success) return { value, id: parsed.data }
  }
  const fields = [{ field: 'cursor', message: `is not a cursor of the list sorted by ${name}` }]
  throw new AppError('invalid_request', undefined, { fields })
}

/** Words of the whole text in any form, beginnings of words, or a piece of the name or SKU as it is typed. */
function matching(q: string) {
  const piece = `%${q.replace(/[\\%_]/g, '\\$&')}%`
  // What holds more than words is left to websearch_to_tsquery: quotes, exclusions.
  const words = /^[\p{L}\p{Nd}\s]+$/u.test(q) ? q.split(/\s+/) : []
  const beginnings = words.map((word) => `${word}:*`).join(' & ')
  return sql<boolean>`(
    document @@ websearch_to_tsquery('english', ${q}) or document @@ to_tsquery('simple', ${beginnings})
    or name ilike ${piece} or sku ilike ${piece})`
}

export async function findProduct(db: Db, id: string): Promise<VersionedProduct | undefined> {
  const row = await db
    .selectFrom('product')
    .select(told)
    .select(available())
    .where('id', '=', id)
    .where('retired', '=', false)
    .executeTakeFirst()
  return row && toVersioned(row)
}

/** @throws AppError sku_taken */
export async function insertProduct(tx: Tx, product: Description, stock: number): Promise<VersionedProduct> {
  const insert = tx
    .insertInto('product')
    .values({
      id: newId(),
      sku: product.sku,
      name: product.name,
      description: product.description,
      category: product.category,
      price_amount: product.price.amount,
      price_currency: product.price.currency,
      stock,
      held: 0,
      image_url: product.imageUrl ?? null,
    })
    .returning(told)
  const row = await unlessTaken(insert.executeTakeFirstOrThrow())
  if (stock > 0) await recordMovement(tx, { productId: row.id, delta: stock, reason: 'first stock' })
  return toVersioned({ ...row, available: stock })
}

/**
 * Changes a product that still has one of the versions; `any` takes whichever it has.
 * @returns the product after the change, or undefined when there is none of such a version. @throws AppError sku_taken
 */
export async function updateProduct(
  db: Db,
  id: string,
  versions: readonly number[] | 'any',
  change: DescriptionChange,
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
  if (versions !== 'any') update = update.where(hasOneOf(versions))
  const row = await unlessTaken(update.returning(told).returning(available()).executeTakeFirst())
  return row && toVersioned(row)
}

/** Takes a product out of the catalogue. @returns whether there was one of such a version */
export async function retireProduct(db: Db, id: string, versions: readonly number[] | 'any'): Promise<boolean> {
  let update = db
    .updateTable('product')
    .set({ retired: true, version: sql`version + 1`, updated_at: sql`now()` })
    .where('id', '=', id)
    .where('retired', '=', false)
  if (versions !== 'any') update = update.where(hasOneOf(versions))
  return (await update.executeTakeFirst()).numUpdatedRows > 0n
}

const hasOneOf = (versions: readonly number[]) => sql<boolean>`version = any(${versions}::integer[])`

async function unlessTaken<T>(write: Promise<T>): Promise<T> {
  try {
    return await write
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION) throw new AppError('sku_taken')
    throw error
  }
}

/** What is available of each of these products; those that are not in the catalogue are left out. */
export async function availableOf(db: Db, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('product')
    .select('id')
    .select(available())
    .where('id', '=', sql<string>`any(${[...ids]}::uuid[])`)
    .where('retired', '=', false)
    .execute()
  return new Map(rows.map((row) => [row.id, row.available]))
}

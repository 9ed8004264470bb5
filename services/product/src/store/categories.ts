import type { Category } from '@portico/contracts'
import { decodeCursor, encodeCursor } from '@portico/service-kit'
import { sql } from 'kysely'
import type { Db } from './database.ts'

interface Page {
  readonly limit: number
  readonly cursor?: string | undefined
}

/** One page of the categories that the products of the catalogue have, by name. */
export async function listCategories(
  db: Db,
  { limit, cursor }: Page,
): Promise<{ items: Category[]; nextCursor: string | null }> {
  const [after] = cursor === undefined ? [] : decodeCursor(cursor, ['string'])
  const beyond = after === undefined ? sql`` : sql`and category > ${String(after).replaceAll('\0', '')}`
  const { rows } = await sql<Category>`
    select category as name, sum(products)::integer as products, min(image) as "imageUrl",
      json_agg(json_build_object('amount', lowest, 'currency', price_currency) order by price_currency) as "lowestPrices"
    from (
      select category, price_currency, count(*) as products, min(price_amount) as lowest, min(image_url) as image
      from product where not retired ${beyond} group by category, price_currency
    ) of_currency
    group by category order by category limit ${limit + 1}`.execute(db)
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: rows.length > limit && last ? encodeCursor([last.name]) : null }
}

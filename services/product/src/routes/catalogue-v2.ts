import { listProductsV2, type Money, type Product, type ProductV2, readProductV2 } from '@portico/contracts'
import { AppError, type Authentication, implement } from '@portico/service-kit'
import type { Hono } from 'hono'
import * as catalogue from '../store/catalogue.ts'
import type { Db } from '../store/database.ts'
import { etagOf, isNamedBy } from './entity-tags.ts'

/** The catalogue's second version: another representation of the same products, to be read only. */
export function catalogueV2Routes(app: Hono, authentication: Authentication, db: Db): void {
  implement(app, authentication, listProductsV2, async ({ query }) => {
    const { items, nextCursor } = await catalogue.listProducts(db, query)
    const next = nextCursor === null ? null : linkTo({ ...query, cursor: nextCursor })
    return { status: 200, body: { items: items.map(represent), page: { next } } }
  })

  implement(app, authentication, readProductV2, async ({ params, headers }) => {
    const found = await catalogue.findProduct(db, params.id)
    if (!found) throw new AppError('not_found')
    // Another tag than that of the first version, since both may be had at one address.
    const etag = etagOf(found.version, 'v2-')
    if (isNamedBy(headers['if-none-match'], etag)) return { status: 304, headers: { etag } }
    return { status: 200, body: represent(found.product), headers: { etag } }
  })
}

function represent({ price, ...rest }: Product): ProductV2 {
  return { ...rest, price: decimalOf(price), currency: price.currency }
}

/** In major units, with the digits that the currency has (ISO 4217): 1999 is 19.99 in EUR, 1999 in JPY. */
export function decimalOf({ amount, currency }: Money): string {
  const digits = digitsOf(currency)
  const text = String(amount).padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

const known = new Map<string, number>()

function digitsOf(currency: string): number {
  let digits = known.get(currency)
  if (digits === undefined) {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency })
    digits = format.resolvedOptions().maximumFractionDigits ?? 2
    known.set(currency, digits)
  }
  return digits
}

function linkTo(query: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  return `/v2/products?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
}

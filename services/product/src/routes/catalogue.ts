import {
  changeProduct,
  changeStock,
  createProduct,
  listCategories,
  listProducts,
  readProduct,
  retireProduct,
} from '@portico/contracts'
import { type Actor, AppError, type Authentication, implement, type Principal, userIdOf } from '@portico/service-kit'
import type { Hono } from 'hono'
import * as administration from '../administration.ts'
import { sparingEndedHolds } from '../holds.ts'
import * as catalogue from '../store/catalogue.ts'
import * as categories from '../store/categories.ts'
import type { Db } from '../store/database.ts'
import { MAX_STOCK } from '../store/stock.ts'
import { etagOf, requiredVersions, versionsIn } from './entity-tags.ts'

export function catalogueRoutes(app: Hono, authentication: Authentication, db: Db): void {
  const existing = async (id: string) => {
    const found = await catalogue.findProduct(db, id)
    if (!found) throw new AppError('not_found')
    return found
  }

  implement(app, authentication, listProducts, async ({ query }) => ({
    status: 200,
    body: await catalogue.listProducts(db, query),
  }))

  implement(app, authentication, listCategories, async ({ query }) => ({
    status: 200,
    body: await categories.listCategories(db, query),
  }))

  implement(app, authentication, readProduct, async ({ params, headers }) => {
    const { product, version } = await existing(params.id)
    const etag = { etag: etagOf(version) }
    const known = headers['if-none-match'] === undefined ? [] : versionsIn(headers['if-none-match'], 'weak')
    if (known === 'any' || known.includes(version)) return { status: 304, headers: etag }
    return { status: 200, body: product, headers: etag }
  })

  implement(app, authentication, createProduct, async ({ body, principal, requestId }) => {
    const { stock: firstStock, ...given } = body
    const { product, version } = await administration.create(db, by(principal, requestId), given, firstStock)
    return { status: 201, body: product, headers: { location: `/v1/products/${product.id}`, etag: etagOf(version) } }
  })

  implement(app, authentication, changeProduct, async ({ params, headers, body, principal, requestId }) => {
    const versions = requiredVersions(headers['if-match'])
    const changed = await administration.change(db, by(principal, requestId), { id: params.id, versions }, body)
    if (!changed) throw await stale(params.id)
    return { status: 200, body: changed.product, headers: { etag: etagOf(changed.version) } }
  })

  implement(app, authentication, retireProduct, async ({ params, headers, principal, requestId }) => {
    const versions = requiredVersions(headers['if-match'])
    const retired = await administration.retire(db, by(principal, requestId), { id: params.id, versions })
    if (!retired) throw await stale(params.id)
    return { status: 204 }
  })

  implement(app, authentication, changeStock, async ({ params, body, principal, requestId }) => {
    const change = async () => {
      if (await administration.count(db, by(principal, requestId), params.id, body)) return
      const { product } = await existing(params.id)
      if (body.delta < 0) throw new AppError('stock_below_zero', `Only ${product.available} can be taken.`)
      const fields = [{ field: 'delta', message: `would make more than ${MAX_STOCK}` }]
      throw new AppError('invalid_request', undefined, { fields })
    }
    await sparingEndedHolds(db, Date.now(), change)
    const { product } = await existing(params.id)
    return { status: 200, body: product }
  })

  /** Why nothing was changed: there is no such product, or it is not as it was read. */
  const stale = async (id: string) => {
    await existing(id)
    return new AppError('precondition_failed')
  }
}

const by = (principal: Principal, requestId: string): Actor => ({ userId: userIdOf(principal), requestId })

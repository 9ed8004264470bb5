import { z } from 'zod'
import { money } from '../money.ts'
import { listOf, page, queryInteger, timestamp, uuid } from '../primitives.ts'
import { listCategories } from './categories.ts'
import { defineRoute } from './route.ts'

const price = queryInteger(0, Number.MAX_SAFE_INTEGER).optional().meta({ description: 'Minor units' })

export const product = z
  .object({
    id: uuid,
    sku: z.string(),
    name: z.string(),
    description: z.string(),
    category: z.string(),
    price: money,
    available: z.int().min(0).meta({ description: 'In stock and not held' }),
    imageUrl: z.string().nullable(),
    updatedAt: timestamp,
  })
  .meta({ id: 'Product' })
export type Product = z.infer<typeof product>

const sku = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores')
/** PostgreSQL's texts can't hold it. */
const withoutNul = [(text: string) => !text.includes('\0'), 'must not contain NUL'] as const
const productFields = {
  name: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .refine(...withoutNul),
  description: z
    .string()
    .trim()
    .max(5000)
    .refine(...withoutNul),
  category: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .refine(...withoutNul),
  price: money,
  imageUrl: z
    .string()
    .max(2048)
    .regex(/^(https?:\/\/|\/)/, 'must be a path or an http(s) address')
    .refine(...withoutNul)
    .nullable()
    .optional(),
}
const stock = z.int().min(0).max(1_000_000_000)
/** RFC 9110: entity tags come with the product; `*` is any. */
const ifMatch = z.object({ 'if-match': z.string().min(1).max(200).optional() })
const byId = z.object({ id: uuid })

export const listProducts = defineRoute({
  id: 'listProducts',
  method: 'GET',
  path: '/v1/products',
  summary: 'The catalogue: searched, filtered, sorted, in pages',
  access: 'public',
  query: z
    .object({
      q: z
        .string()
        .trim()
        .max(200)
        .refine(...withoutNul)
        .optional(),
      category: productFields.category.optional(),
      minPrice: price,
      maxPrice: price,
      sort: z.enum(['name', 'price', '-price', '-updatedAt']).optional(),
      ...page,
    })
    .refine(
      (query) => query.minPrice === undefined || query.maxPrice === undefined || query.minPrice <= query.maxPrice,
      {
        path: ['minPrice'],
        message: 'must not be above maxPrice',
      },
    ),
  replies: { 200: listOf(product) },
  errors: ['invalid_request'],
})

export const readProduct = defineRoute({
  id: 'readProduct',
  method: 'GET',
  path: '/v1/products/:id',
  summary: 'One product, with its ETag',
  access: 'public',
  params: byId,
  headers: z.object({ 'if-none-match': z.string().max(1000).optional() }),
  replies: { 200: product, 304: null },
  errors: ['invalid_request', 'not_found'],
})

export const createProduct = defineRoute({
  id: 'createProduct',
  method: 'POST',
  path: '/v1/products',
  summary: 'Add a product to the catalogue',
  access: 'admin',
  body: z.strictObject({ sku, ...productFields, stock }),
  replies: { 201: product },
  errors: ['invalid_request', 'sku_taken'],
})

export const changeProduct = defineRoute({
  id: 'changeProduct',
  method: 'PATCH',
  path: '/v1/products/:id',
  summary: 'Change a product that is as it was read',
  access: 'admin',
  params: byId,
  headers: ifMatch,
  body: z
    .strictObject({ sku, ...productFields })
    .partial()
    .refine((change) => Object.values(change).some((value) => value !== undefined), 'must change at least one field')
    .meta({ minProperties: 1 }),
  replies: { 200: product },
  errors: ['invalid_request', 'not_found', 'sku_taken', 'precondition_failed', 'precondition_required'],
})

export const retireProduct = defineRoute({
  id: 'retireProduct',
  method: 'DELETE',
  path: '/v1/products/:id',
  summary: 'Take a product out of the catalogue',
  access: 'admin',
  params: byId,
  headers: ifMatch,
  replies: { 204: null },
  errors: ['invalid_request', 'not_found', 'precondition_failed', 'precondition_required'],
})

export const changeStock = defineRoute({
  id: 'changeStock',
  method: 'POST',
  path: '/v1/products/:id/stock',
  summary: 'Add to the stock, or take from it',
  access: 'admin',
  params: byId,
  body: z.strictObject({
    delta: z
      .int()
      .min(-1_000_000_000)
      .max(1_000_000_000)
      .refine((delta) => delta !== 0, 'must not be zero')
      .meta({ not: { const: 0 } }),
    reason: z
      .string()
      .trim()
      .min(1)
      .max(500)
      .refine(...withoutNul),
  }),
  replies: { 200: product },
  errors: ['invalid_request', 'not_found', 'stock_below_zero'],
})

/** Names one attempt to buy an order's lines: `orderId:attempt`. */
export const attemptKey = z.string().regex(/^[0-9a-f-]{36}:[1-9][0-9]{0,5}$/, 'must be ORDER-ID:ATTEMPT')

export const orderedLine = z.strictObject({
  productId: uuid,
  quantity: z.int().min(1).max(1000).meta({ description: '1 to 1000 units' }),
})
export type OrderedLine = z.infer<typeof orderedLine>

export const heldLine = z.object({ productId: uuid, name: z.string(), quantity: z.int(), unitPrice: money })
export type HeldLine = z.infer<typeof heldLine>

/** Internal: never routed by the gateway. */
export const holdStock = defineRoute({
  id: 'holdStock',
  method: 'PUT',
  path: '/internal/holds/:key',
  summary: 'Price the lines and hold their stock for 30 seconds; the same again is answered again',
  access: { services: ['order'] },
  params: z.object({ key: attemptKey }),
  body: z.strictObject({ items: z.array(orderedLine).min(1).max(100) }),
  replies: { 200: z.object({ items: z.array(heldLine), expiresAt: timestamp }).meta({ id: 'Hold' }) },
  errors: ['invalid_request', 'out_of_stock', 'hold_closed'],
})

export const productRoutes = [
  listProducts,
  listCategories,
  readProduct,
  createProduct,
  changeProduct,
  retireProduct,
  changeStock,
  holdStock,
] as const

import { z } from 'zod'
import { listProducts, product, readProduct } from './product.ts'
import { defineRoute } from './route.ts'

/** A product of the catalogue's second version: the price as people write it, its currency beside it. */
export const productV2 = product
  .omit({ price: true })
  .extend({
    price: z
      .string()
      .regex(/^\d+(\.\d+)?$/)
      .meta({ description: 'In major units, with as many digits as the currency has: 19.99', example: '19.99' }),
    currency: product.shape.price.shape.currency,
  })
  .meta({ id: 'ProductV2' })
export type ProductV2 = z.infer<typeof productV2>

/** Where the next page is, ready to be asked for. */
const pageV2 = z.object({ next: z.string().nullable().meta({ example: '/v2/products?limit=20&cursor=…' }) })

export const listProductsV2 = defineRoute({
  id: 'listProductsV2',
  method: 'GET',
  path: '/v2/products',
  summary: 'The catalogue, in its second version: prices as decimals, pages by their links',
  access: 'public',
  query: listProducts.query,
  replies: { 200: z.object({ items: z.array(productV2), page: pageV2 }) },
  errors: listProducts.errors,
})

export const readProductV2 = defineRoute({
  id: 'readProductV2',
  method: 'GET',
  path: '/v2/products/:id',
  summary: 'One product in the second version, with its ETag',
  access: 'public',
  params: readProduct.params,
  headers: readProduct.headers,
  replies: { 200: productV2, 304: null },
  errors: readProduct.errors,
})

export const catalogueV2Routes = [listProductsV2, readProductV2] as const

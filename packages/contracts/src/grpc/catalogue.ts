import { z } from 'zod'
import { listProducts, product } from '../http/product.ts'
import { timestamp, uuid } from '../primitives.ts'
import { defineGrpcService, serverStream, unary } from './service.ts'

/** Products that one stream of `watchStock` may watch. */
export const MAX_WATCHED_PRODUCTS = 100

const absent = { imageUrl: z.string().optional() }
const message = product.extend(absent)

/** The catalogue for reading, as over HTTP. */
export const catalogueService = defineGrpcService({
  name: 'portico.catalogue.v1.Catalogue',
  proto: 'portico/catalogue/v1/catalogue.proto',
  access: 'public',
  methods: {
    getProduct: unary(z.object({ id: uuid }), message),
    listProducts: unary(
      listProducts.query as NonNullable<typeof listProducts.query>,
      z.object({ items: z.array(message), nextCursor: z.string().optional() }),
    ),
    /** `too_many_streams` (RESOURCE_EXHAUSTED) beyond the limits on streams, which are settings of product-service. */
    watchStock: serverStream(
      z.object({ productIds: z.array(uuid).min(1).max(MAX_WATCHED_PRODUCTS) }),
      z.object({ productId: uuid, available: z.int(), at: timestamp }),
    ),
  },
})

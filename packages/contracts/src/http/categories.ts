import { z } from 'zod'
import { money } from '../money.ts'
import { listOf, page } from '../primitives.ts'
import { defineRoute } from './route.ts'

/** What products of the catalogue share; there is one as long as a product is in it. */
export const category = z
  .object({
    name: z.string().meta({ description: 'As `category` of the catalogue takes it' }),
    products: z.int().min(1),
    lowestPrices: z.array(money).min(1).meta({ description: 'The lowest price in each currency' }),
    imageUrl: z.string().nullable().meta({ description: 'The picture of one of its products' }),
  })
  .meta({ id: 'Category' })
export type Category = z.infer<typeof category>

export const listCategories = defineRoute({
  id: 'listCategories',
  method: 'GET',
  path: '/v1/categories',
  summary: "The catalogue's categories by name, each with what is in it",
  access: 'public',
  query: z.object(page),
  replies: { 200: listOf(category) },
  errors: ['invalid_request'],
})

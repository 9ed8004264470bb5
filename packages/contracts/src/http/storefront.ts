import { z } from 'zod'
import { listOf } from '../primitives.ts'
import { listOrders, order } from './order.ts'
import { defineRoute } from './route.ts'
import { user } from './user.ts'

/** An order with who placed it; `user` is null when user-service did not answer. */
export const mergedOrder = order
  .extend({ user: user.pick({ id: true, email: true, name: true }).nullable() })
  .meta({ id: 'MergedOrder' })
export type MergedOrder = z.infer<typeof mergedOrder>

export const listMergedOrders = defineRoute({
  id: 'listMergedOrders',
  method: 'GET',
  path: '/v1/orders',
  summary: "The caller's own orders merged with user details",
  access: 'user',
  query: listOrders.query,
  replies: {
    200: listOf(mergedOrder)
      .extend({ incomplete: z.array(z.enum(['user'])).meta({ description: 'The parts that did not answer' }) })
      .meta({ id: 'MergedOrders' }),
  },
  errors: ['invalid_request', 'unavailable'],
})

export const storefrontRoutes = [listMergedOrders] as const

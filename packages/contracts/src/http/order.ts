import { z } from 'zod'
import { money } from '../money.ts'
import { idempotencyKey, listOf, page, timestamp, uuid } from '../primitives.ts'
import { heldLine, orderedLine } from './product.ts'
import { defineRoute } from './route.ts'

export const orderStatus = z.enum(['pending', 'paid', 'payment_failed', 'cancelled', 'refunded'])
export type OrderStatus = z.infer<typeof orderStatus>

export const order = z
  .object({
    id: uuid,
    status: orderStatus,
    items: z.array(heldLine),
    total: money,
    refunded: money,
    createdAt: timestamp,
  })
  .meta({ id: 'Order' })
export type Order = z.infer<typeof order>

/** What the customer pays with: a token of the payment provider, never a card's number. */
export const paymentMethod = z.strictObject({
  token: z.string().regex(/^tok_[a-z0-9_]{1,60}$/, 'must be a token of the payment provider, such as tok_ok'),
})
export type PaymentMethod = z.infer<typeof paymentMethod>

const byId = z.object({ id: uuid })

export const placeOrder = defineRoute({
  id: 'placeOrder',
  method: 'POST',
  path: '/v1/orders',
  summary: 'Place an order',
  access: 'user',
  headers: idempotencyKey,
  body: z.strictObject({
    items: z
      .array(orderedLine)
      .min(1)
      .max(100)
      .refine(
        (lines) => new Set(lines.map((line) => line.productId)).size === lines.length,
        'must name each product once',
      )
      .meta({
        description: 'At most 100 lines. How many units one customer may have in unpaid orders is limited besides',
      }),
    paymentMethod,
  }),
  replies: { 201: order },
  errors: [
    'invalid_request',
    'idempotency_key_missing',
    'idempotency_key_reused',
    'request_in_progress',
    'out_of_stock',
    'too_many_open_orders',
    'too_many_held_units',
    'too_many_attempts',
    'unavailable',
  ],
})

/** order-service's own list: at the edge, storefront answers this path with user details merged in. */
export const listOrders = defineRoute({
  id: 'listOrders',
  method: 'GET',
  path: '/v1/orders',
  summary: "The caller's own orders, the newest first",
  access: 'user',
  query: z.object({ status: orderStatus.optional(), ...page }),
  replies: { 200: listOf(order) },
  errors: ['invalid_request'],
})

export const readOrder = defineRoute({
  id: 'readOrder',
  method: 'GET',
  path: '/v1/orders/:id',
  summary: "One of the caller's own orders",
  access: 'user',
  params: byId,
  replies: { 200: order },
  errors: ['invalid_request', 'not_found'],
})

export const cancelOrder = defineRoute({
  id: 'cancelOrder',
  method: 'POST',
  path: '/v1/orders/:id/cancellation',
  summary: 'Cancel an order; what was paid is refunded',
  access: 'user',
  params: byId,
  replies: { 202: order },
  errors: ['invalid_request', 'not_found', 'wrong_state'],
})

export const payAgain = defineRoute({
  id: 'payAgain',
  method: 'POST',
  path: '/v1/orders/:id/payments',
  summary: 'Try to pay an order again whose payment failed',
  access: 'user',
  params: byId,
  headers: idempotencyKey,
  body: z.strictObject({ paymentMethod }),
  replies: { 202: order },
  errors: [
    'invalid_request',
    'idempotency_key_missing',
    'idempotency_key_reused',
    'request_in_progress',
    'not_found',
    'wrong_state',
    'no_payment_attempts_left',
    'out_of_stock',
    'too_many_held_units',
    'too_many_attempts',
    'unavailable',
  ],
})

export const orderRoutes = [placeOrder, listOrders, readOrder, cancelOrder, payAgain] as const

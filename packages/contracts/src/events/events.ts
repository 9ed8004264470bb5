import { z } from 'zod'
import { paymentMethod } from '../http/order.ts'
import { orderedLine } from '../http/product.ts'
import { money } from '../money.ts'
import { uuid } from '../primitives.ts'
import { envelope } from './envelope.ts'

/** Which try to buy an order's lines an event belongs to; paying again is attempt n + 1. */
const attempt = { orderId: uuid, attempt: z.int().min(1) }

/** Published by order-service: a customer wants these lines and pays so. */
export const orderPlaced = envelope(
  'order_placed',
  z.object({
    ...attempt,
    customerId: uuid,
    items: z.array(orderedLine.extend({ unitPrice: money })),
    total: money,
    paymentMethod,
  }),
)

/** Published by order-service: this attempt is over; what it holds or sold goes back into the stock. */
export const orderClosed = envelope(
  'order_closed',
  z.object({ ...attempt, reason: z.enum(['payment_failed', 'cancelled', 'expired', 'stock_lost', 'refunded']) }),
)

/** Published by order-service: money that was captured must go back. `amount` null is all that is left. */
export const refundRequested = envelope(
  'refund_requested',
  z.object({ ...attempt, paymentId: uuid, refundId: uuid, amount: money.nullable(), reason: z.string() }),
)

/** Published by product-service: the hold had ended and the goods are gone. */
export const stockLost = envelope('stock_lost', z.object(attempt))

const paid = { ...attempt, paymentId: uuid, customerId: uuid, amount: money }

/** Published by payment-service: the provider has the customer's money. */
export const paymentCaptured = envelope('payment_captured', z.object(paid))

/** Published by payment-service: the provider said no. */
export const paymentFailed = envelope(
  'payment_failed',
  z.object({ ...paid, reason: z.enum(['declined', 'insufficient_funds']) }),
)

/** Published by payment-service: money went back. `refunded` is the sum so far, `whole` whether nothing is left. */
export const paymentRefunded = envelope(
  'payment_refunded',
  z.object({
    ...attempt,
    paymentId: uuid,
    refundId: uuid,
    amount: money,
    refunded: money,
    whole: z.boolean(),
    restock: z.boolean(),
    reason: z.string(),
  }),
)

export const event = z.discriminatedUnion('type', [
  orderPlaced,
  orderClosed,
  refundRequested,
  stockLost,
  paymentCaptured,
  paymentFailed,
  paymentRefunded,
])

export type Event = z.infer<typeof event>
export type EventType = Event['type']
export type EventOf<Type extends EventType> = Extract<Event, { type: Type }>

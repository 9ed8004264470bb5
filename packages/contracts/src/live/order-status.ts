import { z } from 'zod'
import { orderStatus } from '../http/order.ts'
import { timestamp, uuid } from '../primitives.ts'

/**
 * What `/v1/orders/live` says to a customer whose order has got another status. Each comes once per connection, in the
 * order of the changes; `eventId` of the last one, given as `lastEventId` with a new connection, goes on after it. The
 * connection is closed with 3000 when the access token expires that its ticket was issued for; a new ticket opens another.
 */
export const orderStatusMessage = z
  .object({ type: z.literal('order.status'), orderId: uuid, status: orderStatus, at: timestamp, eventId: uuid })
  .meta({ id: 'OrderStatusMessage' })

/** What came before can't be told any more: the client should ask for its orders anew. */
export const resyncMessage = z.object({ type: z.literal('resync') }).meta({ id: 'ResyncMessage' })

export const liveMessage = z.discriminatedUnion('type', [orderStatusMessage, resyncMessage])
export type LiveMessage = z.infer<typeof liveMessage>

export const LIVE_ORDERS_PATH = '/v1/orders/live'
/** The audience of tickets that open it. */
export const LIVE_ORDERS_AUDIENCE = 'orders.live'

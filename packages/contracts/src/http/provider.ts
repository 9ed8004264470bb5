import { z } from 'zod'
import { money } from '../money.ts'
import { timestamp, uuid } from '../primitives.ts'
import { paymentMethod } from './order.ts'
import { attemptKey } from './product.ts'
import { defineRoute } from './route.ts'

/** The sandbox provider's API. Both writes are idempotent under the caller's key: what was done once is told again. */

export const chargeOutcome = z
  .object({
    key: attemptKey,
    outcome: z.enum(['captured', 'declined', 'insufficient_funds']),
    amount: money,
  })
  .meta({ id: 'ChargeOutcome' })
export type ChargeOutcome = z.infer<typeof chargeOutcome>

export const charge = defineRoute({
  id: 'charge',
  method: 'PUT',
  path: '/charges/:key',
  summary: 'Charge once under a key',
  access: { services: ['payment'] },
  params: z.object({ key: attemptKey }),
  body: z.strictObject({ amount: money, paymentMethod }),
  replies: { 200: chargeOutcome },
  errors: ['invalid_request', 'idempotency_key_reused'],
})

export const refundCharge = defineRoute({
  id: 'refundCharge',
  method: 'PUT',
  path: '/charges/:key/refunds/:refundId',
  summary: 'Refund a part of a charge once under an id',
  access: { services: ['payment'] },
  params: z.object({ key: attemptKey, refundId: uuid }),
  body: z.strictObject({ amount: money }),
  replies: { 200: z.object({ refundId: uuid, amount: money, refunded: money }).meta({ id: 'RefundOutcome' }) },
  errors: ['invalid_request', 'not_found', 'refund_too_large', 'idempotency_key_reused'],
})

export const readLedger = defineRoute({
  id: 'readLedger',
  method: 'GET',
  path: '/ledger',
  summary: 'Every captured charge; from another machine with a service token only',
  access: 'public',
  replies: { 200: z.array(z.object({ key: attemptKey, amount: money, refunded: money })) },
  errors: [],
})

export const providerRoutes = [charge, refundCharge, readLedger] as const

/** What the provider tells on its own, signed. It only says where to look: the receiver asks the provider itself. */
export const webhook = z
  .object({
    id: uuid,
    type: z.enum(['charge.captured', 'charge.failed', 'charge.refunded']),
    key: attemptKey,
    /** Of `charge.refunded`. */
    refundId: uuid.optional(),
    /** The `X-Request-Id` of the call that it tells of; the webhook carries it as its own, too. */
    requestId: z.string().max(128).optional(),
    createdAt: timestamp,
  })
  .meta({ id: 'Webhook' })
export type Webhook = z.infer<typeof webhook>

/** The header that carries a webhook's signature. */
export const WEBHOOK_SIGNATURE = 'portico-signature'

import { z } from 'zod'
import { money } from '../money.ts'
import { idempotencyKey, listOf, page, timestamp, uuid } from '../primitives.ts'
import { WEBHOOK_SIGNATURE, webhook } from './provider.ts'
import { defineRoute } from './route.ts'

export const paymentStatus = z.enum(['pending', 'captured', 'failed', 'refunded'])
export type PaymentStatus = z.infer<typeof paymentStatus>

export const payment = z
  .object({
    id: uuid,
    orderId: uuid,
    attempt: z.int().min(1),
    status: paymentStatus,
    amount: money,
    refunded: money,
    createdAt: timestamp,
  })
  .meta({ id: 'Payment' })
export type Payment = z.infer<typeof payment>

export const refund = z
  .object({
    id: uuid,
    paymentId: uuid,
    amount: money,
    reason: z.string(),
    status: z.enum(['requested', 'refunded']),
    createdAt: timestamp,
  })
  .meta({ id: 'Refund' })
export type Refund = z.infer<typeof refund>

const byId = z.object({ id: uuid })

export const listPayments = defineRoute({
  id: 'listPayments',
  method: 'GET',
  path: '/v1/payments',
  summary: "The payments of one of the caller's own orders (of any order for an admin), the newest first",
  access: 'user',
  query: z.object({ orderId: uuid, ...page }),
  replies: { 200: listOf(payment) },
  errors: ['invalid_request'],
})

export const readPayment = defineRoute({
  id: 'readPayment',
  method: 'GET',
  path: '/v1/payments/:id',
  summary: "One of the caller's own payments (any for an admin)",
  access: 'user',
  params: byId,
  replies: { 200: payment },
  errors: ['invalid_request', 'not_found'],
})

export const refundPayment = defineRoute({
  id: 'refundPayment',
  method: 'POST',
  path: '/v1/payments/:id/refunds',
  summary: 'Give money back: a part, or without an amount all that is left',
  access: 'admin',
  params: byId,
  headers: idempotencyKey,
  body: z.strictObject({
    amount: money.refine((amount) => amount.amount > 0, { path: ['amount'], message: 'must be above zero' }).optional(),
    reason: z.string().trim().min(1).max(500),
    restock: z
      .boolean()
      .optional()
      .meta({ description: 'Put the goods back into the stock; only with a whole refund' }),
  }),
  replies: { 201: refund },
  errors: [
    'invalid_request',
    'idempotency_key_missing',
    'idempotency_key_reused',
    'request_in_progress',
    'not_found',
    'wrong_state',
    'refund_too_large',
    'unavailable',
  ],
})

/** The provider's own word; who may is decided by the signature over the body's bytes. */
export const receiveWebhook = defineRoute({
  id: 'receiveWebhook',
  method: 'POST',
  path: '/v1/payments/webhooks/sandbox',
  summary: 'Webhooks of the sandbox provider, signed: a hint to settle a payment or a refund',
  access: 'public',
  headers: z.object({
    [WEBHOOK_SIGNATURE]: z.string().meta({ description: 't=SECONDS,v1=HEX: HMAC-SHA256 over SECONDS.BODY' }),
  }),
  body: webhook,
  replies: { 204: null },
  errors: ['invalid_request', 'unauthenticated', 'payload_too_large'],
})

export const paymentRoutes = [listPayments, readPayment, refundPayment, receiveWebhook] as const

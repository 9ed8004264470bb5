import { z } from 'zod'
import { money } from '../money.ts'
import { listOf, page, uuid } from '../primitives.ts'
import { day, summarySpan } from './admin-orders.ts'
import { listAudit } from './audit.ts'
import { payment, paymentStatus } from './payment.ts'
import { defineRoute } from './route.ts'

/** A payment with what only admins see of it. */
export const adminPayment = payment
  .extend({
    customerId: uuid,
    returning: money.meta({ description: 'On its way back: the provider has not answered yet' }),
    requestId: z.string().nullable().meta({ description: 'The request that caused it, where known' }),
  })
  .meta({ id: 'AdminPayment' })
export type AdminPayment = z.infer<typeof adminPayment>

export const searchPayments = defineRoute({
  id: 'searchPayments',
  method: 'GET',
  path: '/v1/admin/payments',
  summary: 'All payments, or those of a status or an order, the newest first',
  access: 'admin',
  query: z.object({
    status: paymentStatus.optional(),
    orderId: uuid.optional(),
    limit: page.limit,
    cursor: uuid.optional().meta({ description: 'nextCursor of the answer before: the last payment it showed' }),
  }),
  replies: { 200: listOf(adminPayment) },
  errors: ['invalid_request'],
})

export const settlePayment = defineRoute({
  id: 'settlePayment',
  method: 'POST',
  path: '/v1/admin/payments/:id/settlement',
  summary: 'Ask the provider again now about a payment without an outcome',
  access: 'admin',
  params: z.object({ id: uuid }),
  replies: { 200: adminPayment },
  errors: ['invalid_request', 'not_found', 'wrong_state'],
})

export const summarisePayments = defineRoute({
  id: 'summarisePayments',
  method: 'GET',
  path: '/v1/admin/payments/summary',
  summary: 'How many payments of each status were begun, per day (UTC)',
  access: 'admin',
  query: summarySpan,
  replies: {
    200: z
      .object({ days: z.array(z.object({ day, counts: z.record(paymentStatus, z.int()) })) })
      .meta({ id: 'PaymentSummary' }),
  },
  errors: ['invalid_request'],
})
export type PaymentSummary = z.infer<(typeof summarisePayments.replies)[200]>

export const paymentAdminRoutes = [searchPayments, summarisePayments, settlePayment, listAudit] as const

import { z } from 'zod'
import { money } from '../money.ts'
import { listOf, page, timestamp, uuid } from '../primitives.ts'
import { listAudit } from './audit.ts'
import { deadLetterRoutes } from './dead-letters.ts'
import { order, orderStatus } from './order.ts'
import { defineRoute } from './route.ts'

/** An order with what only admins see of it. */
export const adminOrder = order
  .extend({
    customerId: uuid,
    attempt: z.int().min(1).meta({ description: 'Which try to pay it' }),
    paymentId: uuid.nullable().meta({ description: 'The payment that was accepted' }),
    returning: z.boolean().meta({ description: 'Paid, and all of it is on its way back' }),
  })
  .meta({ id: 'AdminOrder' })
export type AdminOrder = z.infer<typeof adminOrder>

/** One thing that happened to an order: a change of its status, or an event that was said or heard of it. */
export const timelineEntry = z
  .object({
    kind: z.enum(['status', 'event']),
    name: z.string().meta({ description: "The status, or the event's type" }),
    at: timestamp.meta({ description: 'When it happened, by the clock of its source' }),
    eventId: uuid,
    source: z.string().meta({ description: 'The service that did or said it' }),
    attempt: z.int().nullable(),
    requestId: z.string().nullable().meta({ description: 'The request that caused it, where known' }),
    publishedAt: timestamp.nullable().meta({ description: 'When an event of order went to the bus; null: it waits' }),
    heardAt: timestamp.nullable().meta({ description: 'When order heard the event of another service' }),
  })
  .meta({ id: 'TimelineEntry' })
export type TimelineEntry = z.infer<typeof timelineEntry>

/** A time span of orders or payments, by when they were made: `from` is in it, `to` is not. */
export const timeSpan = { from: timestamp.optional(), to: timestamp.optional() }

const MAX_SPAN_DAYS = 366
const DAY_MS = 24 * 3600 * 1000

/** A time span that has to be given, of a year at most. */
export const summarySpan = z
  .object({ from: timestamp, to: timestamp })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), { path: ['from'], message: 'must be before to' })
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= MAX_SPAN_DAYS * DAY_MS, {
    path: ['to'],
    message: `must be at most ${MAX_SPAN_DAYS} days after from`,
  })

/** A day of UTC. */
export const day = z.iso.date()

const byId = z.object({ id: uuid })

export const searchOrders = defineRoute({
  id: 'searchOrders',
  method: 'GET',
  path: '/v1/admin/orders',
  summary: 'All orders, the newest first; `q` is the beginning of an order id, or a customer id',
  access: 'admin',
  query: z.object({
    q: z
      .string()
      .trim()
      .toLowerCase()
      .regex(/^[0-9a-f-]{1,36}$/, 'must be an id or its beginning')
      .optional(),
    status: orderStatus.optional(),
    customerId: uuid.optional(),
    ...timeSpan,
    ...page,
  }),
  replies: { 200: listOf(adminOrder) },
  errors: ['invalid_request'],
})

export const inspectOrder = defineRoute({
  id: 'inspectOrder',
  method: 'GET',
  path: '/v1/admin/orders/:id',
  summary: 'Any order with its timeline, the earliest first; what it said is kept a week, what it heard 30 days',
  access: 'admin',
  params: byId,
  replies: { 200: adminOrder.extend({ timeline: z.array(timelineEntry) }).meta({ id: 'InspectedOrder' }) },
  errors: ['invalid_request', 'not_found'],
})
export type InspectedOrder = z.infer<(typeof inspectOrder.replies)[200]>

export const cancelAnyOrder = defineRoute({
  id: 'cancelAnyOrder',
  method: 'POST',
  path: '/v1/admin/orders/:id/cancellation',
  summary: 'Cancel any order; what was paid is refunded',
  access: 'admin',
  params: byId,
  replies: { 202: adminOrder },
  errors: ['invalid_request', 'not_found', 'wrong_state'],
})

export const summariseOrders = defineRoute({
  id: 'summariseOrders',
  method: 'GET',
  path: '/v1/admin/orders/summary',
  summary: 'How many orders of each status were placed in a time span, and per day (UTC) how many and what they earned',
  access: 'admin',
  query: summarySpan,
  replies: {
    200: z
      .object({
        statuses: z.record(orderStatus, z.int()),
        days: z.array(
          z.object({
            day,
            orders: z.int(),
            revenue: z.array(money).meta({ description: 'Paid and not given back, by currency' }),
          }),
        ),
      })
      .meta({ id: 'OrderSummary' }),
  },
  errors: ['invalid_request'],
})
export type OrderSummary = z.infer<(typeof summariseOrders.replies)[200]>

/** `summary` stands before `:id`, which would take it too. */
export const orderAdminRoutes = [
  searchOrders,
  summariseOrders,
  inspectOrder,
  cancelAnyOrder,
  listAudit,
  ...deadLetterRoutes,
] as const

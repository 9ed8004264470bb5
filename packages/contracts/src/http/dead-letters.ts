import { z } from 'zod'
import { listOf, page, timestamp } from '../primitives.ts'
import { defineRoute } from './route.ts'

/** Names a dead letter on the whole bus: the service that could not handle it, and a place. */
const id = z
  .string()
  .max(200)
  .regex(/^[a-z][a-z0-9-]*\.[0-9a-zA-Z-]+$/, 'must be GROUP.PLACE')
const byId = z.object({ id })

/** An event that a service could not handle. */
export const deadLetter = z
  .object({
    id: z.string(),
    group: z.string().meta({ description: 'The service that could not handle it' }),
    topic: z.string().meta({ description: 'Who published it' }),
    type: z.string().nullable().meta({ description: "The event's type; null where the message is none" }),
    orderId: z.string().nullable(),
    reason: z.string(),
    attempts: z.int(),
    at: timestamp.meta({ description: 'When it was given up' }),
  })
  .meta({ id: 'DeadLetter' })
export type DeadLetter = z.infer<typeof deadLetter>

const group = z.enum(['order', 'payment', 'product'])
export type DeadLetterGroup = z.infer<typeof group>

export const listDeadLetters = defineRoute({
  id: 'listDeadLetters',
  method: 'GET',
  path: '/v1/admin/dead-letters',
  summary: 'Events that a service could not handle, the oldest first',
  access: 'admin',
  query: z.object({ group, ...page }),
  replies: { 200: listOf(deadLetter) },
  errors: ['invalid_request', 'unavailable'],
})

export const readDeadLetter = defineRoute({
  id: 'readDeadLetter',
  method: 'GET',
  path: '/v1/admin/dead-letters/:id',
  summary: 'One of them, with the message as it was on the bus (without the payment token)',
  access: 'admin',
  params: byId,
  replies: { 200: deadLetter.extend({ message: z.string() }).meta({ id: 'DeadLetterMessage' }) },
  errors: ['invalid_request', 'not_found', 'unavailable'],
})
export type DeadLetterMessage = z.infer<(typeof readDeadLetter.replies)[200]>

export const replayDeadLetter = defineRoute({
  id: 'replayDeadLetter',
  method: 'POST',
  path: '/v1/admin/dead-letters/:id/replay',
  summary: 'Give it to its service again, and to no other; one older than 30 days is refused',
  access: 'admin',
  params: byId,
  replies: { 204: null },
  errors: ['invalid_request', 'not_found', 'wrong_state', 'unavailable'],
})

export const dropDeadLetter = defineRoute({
  id: 'dropDeadLetter',
  method: 'DELETE',
  path: '/v1/admin/dead-letters/:id',
  summary: 'Throw it away',
  access: 'admin',
  params: byId,
  replies: { 204: null },
  errors: ['invalid_request', 'not_found', 'unavailable'],
})

export const deadLetterRoutes = [listDeadLetters, readDeadLetter, replayDeadLetter, dropDeadLetter] as const

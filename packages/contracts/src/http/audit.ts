import { z } from 'zod'
import { listOf, page, timestamp, uuid } from '../primitives.ts'
import { defineRoute } from './route.ts'

/** Everything that an admin can do, and reads of personal data. */
export const auditAction = z.enum([
  'product.created',
  'product.changed',
  'product.retired',
  'stock.changed',
  'order.cancelled',
  'payment.refunded',
  'payment.settled',
  'dead_letter.replayed',
  'dead_letter.dropped',
  'admin.created',
  'user.changed',
  'user.sessions_ended',
  'user.read',
  'user.listed',
])
export type AuditAction = z.infer<typeof auditAction>

/** The actions that only read. */
export const readActions: readonly AuditAction[] = ['user.read', 'user.listed']

/** What admins changed, or which personal data they read. */
export const auditKind = z.enum(['change', 'read'])
export type AuditKind = z.infer<typeof auditKind>

/** The services that keep an audit log: those in which an admin can do something. */
export const auditedService = z.enum(['order', 'payment', 'product', 'user'])
export type AuditedService = z.infer<typeof auditedService>

/** What matters of a thing, by field; long texts are cut. */
const auditState = z.record(z.string(), z.unknown()).nullable()
export type AuditState = z.infer<typeof auditState>

/** What an admin did, written in the step that did it. Ids are of version 7: in order of time in every service. */
export const auditEntry = z
  .object({
    id: uuid,
    service: auditedService,
    at: timestamp,
    actor: uuid.meta({ description: 'The admin' }),
    action: auditAction,
    subject: z.string().meta({ description: 'Id of what was acted on' }),
    before: auditState,
    after: auditState,
    requestId: z.string(),
  })
  .meta({ id: 'AuditEntry' })
export type AuditEntry = z.infer<typeof auditEntry>

const auditQuery = {
  actor: uuid.optional(),
  limit: page.limit,
  cursor: uuid.optional().meta({ description: 'nextCursor of the answer before: the last entry it showed' }),
}

/** The log of one service; at the edge, storefront answers this path with all of them merged. */
export const listAudit = defineRoute({
  id: 'listAudit',
  method: 'GET',
  path: '/v1/admin/audit',
  summary: 'What admins did, the latest first',
  access: 'admin',
  query: z.object(auditQuery),
  replies: { 200: listOf(auditEntry) },
  errors: ['invalid_request'],
})

const kind = auditKind.optional().meta({ description: 'Without it both' })

/** As user-service, which alone records reads, answers it. */
export const listUserAudit = defineRoute({ ...listAudit, query: z.object({ ...auditQuery, kind }) })

export const listMergedAudit = defineRoute({
  id: 'listMergedAudit',
  method: 'GET',
  path: '/v1/admin/audit',
  summary: 'What admins did in all services, or in one, the latest first',
  access: 'admin',
  query: z.object({ service: auditedService.optional(), ...auditQuery, kind }),
  replies: {
    200: listOf(auditEntry)
      .extend({ incomplete: z.array(auditedService).meta({ description: 'Services that did not answer' }) })
      .meta({ id: 'MergedAudit' }),
  },
  errors: ['invalid_request'],
})

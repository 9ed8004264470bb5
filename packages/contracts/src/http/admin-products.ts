import { z } from 'zod'
import { listOf, page, timestamp, uuid } from '../primitives.ts'
import { listAudit } from './audit.ts'
import { defineRoute } from './route.ts'

/** A line of the stock's ledger. */
export const stockMovement = z
  .object({
    id: z.int(),
    delta: z.int(),
    reason: z.string(),
    orderId: z.string().nullable().meta({ description: 'The order that took or gave it back' }),
    at: timestamp,
  })
  .meta({ id: 'StockMovement' })
export type StockMovement = z.infer<typeof stockMovement>

export const listMovements = defineRoute({
  id: 'listMovements',
  method: 'GET',
  path: '/v1/admin/products/:id/movements',
  summary: "What moved a product's stock, the latest first; a retired product has its ledger too",
  access: 'admin',
  params: z.object({ id: uuid }),
  query: z.object(page),
  replies: { 200: listOf(stockMovement) },
  errors: ['invalid_request', 'not_found'],
})

export const productAdminRoutes = [listMovements, listAudit] as const

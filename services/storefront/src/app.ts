import { listMergedOrders, storefrontRoutes } from '@portico/contracts'
import { type Authentication, createApp, createMetrics, implement, type Log } from '@portico/service-kit'
import type { Hono } from 'hono'
import type { BuiltFiles } from './apps/files.ts'
import { serveApps } from './apps/routes.ts'
import { mergeOrders } from './merged-orders.ts'
import type { Parts } from './parts.ts'

export interface StorefrontOptions {
  readonly parts: Parts
  readonly authentication: Authentication
  readonly files: BuiltFiles
  readonly log: Log
  readonly accepting?: () => boolean
}

export function createStorefrontApp({
  parts,
  authentication,
  files,
  log,
  accepting = () => true,
}: StorefrontOptions): Hono {
  const app = createApp({
    service: 'storefront',
    version: '1.0.0',
    log,
    metrics: createMetrics('storefront'),
    routes: storefrontRoutes,
    required: {},
    accepting,
  })
  implement(app, authentication, listMergedOrders, async ({ query, authorization, requestId }) => {
    const caller = { authorization, requestId }
    const [orders, user] = await Promise.all([parts.orders(query, caller), parts.user(caller)])
    return { status: 200, body: mergeOrders(orders, user) }
  })
  serveApps(app, files)
  return app
}

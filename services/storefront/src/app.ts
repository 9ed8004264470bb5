import { listMergedOrders, storefrontRoutes } from '@portico/contracts'
import { type Authentication, createApp, createMetrics, implement, type Log } from '@portico/service-kit'
import type { Hono } from 'hono'
import { mergeOrders } from './merged-orders.ts'
import { page } from './page.ts'
import type { Parts } from './parts.ts'

export interface StorefrontOptions {
  readonly parts: Parts
  readonly authentication: Authentication
  readonly log: Log
  readonly accepting?: () => boolean
}

export function createStorefrontApp({ parts, authentication, log, accepting = () => true }: StorefrontOptions): Hono {
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
  app.get('/', (c) => c.html(page, 200, { 'content-security-policy': "default-src 'none'; style-src 'self'" }))
  return app
}

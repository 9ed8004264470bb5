import { listMergedOrders, storefrontRoutes } from '@portico/contracts'
import { type Authentication, createApp, createMetrics, implement, type Log, type Metrics } from '@portico/service-kit'
import type { Hono } from 'hono'
import { adminRoutes, type Operations } from './admin/routes.ts'
import type { BuiltFiles } from './apps/files.ts'
import { serveApps } from './apps/routes.ts'
import { mergeOrders } from './merged-orders.ts'
import type { Parts } from './parts.ts'
import { createRefreshCookie } from './web-sessions/cookie.ts'
import { webSessionRoutes } from './web-sessions/routes.ts'
import type { Sessions } from './web-sessions/sessions.ts'

export interface StorefrontOptions {
  readonly parts: Parts
  readonly sessions: Sessions
  readonly authentication: Authentication
  readonly operations: Operations
  readonly files: BuiltFiles
  /** False on plain HTTP for browsers that do not trust loopback, such as Safari. */
  readonly secureCookies?: boolean
  readonly log: Log
  readonly metrics?: Metrics
  readonly accepting?: () => boolean
  readonly maxInFlight?: number
}

export function createStorefrontApp({
  parts,
  sessions,
  authentication,
  operations,
  files,
  secureCookies = true,
  log,
  metrics = createMetrics('storefront'),
  accepting = () => true,
  maxInFlight,
}: StorefrontOptions): Hono {
  const app = createApp({
    service: 'storefront',
    version: '1.0.0',
    log,
    metrics,
    routes: storefrontRoutes,
    required: {},
    accepting,
    maxInFlight,
  })
  implement(app, authentication, listMergedOrders, async ({ query, authorization, requestId }) => {
    const caller = { authorization, requestId }
    const [orders, user] = await Promise.all([parts.orders(query, caller), parts.user(caller)])
    return { status: 200, body: mergeOrders(orders, user) }
  })
  webSessionRoutes(app, authentication, { sessions, cookie: createRefreshCookie(secureCookies) })
  adminRoutes(app, authentication, operations, log)
  serveApps(app, files)
  return app
}

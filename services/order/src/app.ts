import { orderAdminRoutes, orderRoutes as routes } from '@portico/contracts'
import { type Authentication, type Check, createApp, type DeadLetters, type Metrics } from '@portico/service-kit'
import type { Hono } from 'hono'
import { explainWebSocket } from './live-endpoint.ts'
import type { Shop } from './placing.ts'
import { deadLetterRoutes } from './routes/dead-letters.ts'
import { ordersForAdmins } from './routes/orders-for-admins.ts'
import { orderRoutes } from './routes.ts'
import { ping } from './store/database.ts'

export interface OrderAppOptions extends Shop {
  readonly authentication: Authentication
  readonly metrics: Metrics
  readonly bus?: Check
  readonly deadLetters: DeadLetters
  readonly accepting?: () => boolean
  readonly maxInFlight?: number
}

export function createOrderApp({
  authentication,
  log,
  metrics,
  bus,
  deadLetters,
  accepting = () => true,
  maxInFlight,
  ...shop
}: OrderAppOptions): Hono {
  const app = createApp({
    service: 'order',
    version: '1.0.0',
    log,
    metrics,
    routes: [...routes, ...orderAdminRoutes],
    required: { mysql: () => ping(shop.db) },
    ...(bus && { reported: { bus } }),
    accepting,
    maxInFlight,
  })
  explainWebSocket(app)
  const desk = { ...shop, log }
  orderRoutes(app, authentication, desk)
  ordersForAdmins(app, authentication, desk)
  deadLetterRoutes(app, authentication, { db: shop.db, deadLetters })
  return app
}

import { paymentAdminRoutes, paymentRoutes as routes } from '@portico/contracts'
import { type Authentication, type Check, createApp, type Metrics } from '@portico/service-kit'
import type { Hono } from 'hono'
import { paymentsForAdmins } from './administration.ts'
import { paymentRoutes } from './routes.ts'
import type { Desk } from './settling.ts'
import { webhookRoutes } from './webhooks.ts'

export interface PaymentAppOptions extends Desk {
  readonly authentication: Authentication
  readonly metrics: Metrics
  /** Of the provider's webhooks: the current one, and while it changes the one before. */
  readonly webhookSecrets?: readonly string[]
  readonly bus?: Check
  readonly accepting?: () => boolean
  readonly maxInFlight?: number
}

export function createPaymentApp({
  authentication,
  metrics,
  bus,
  webhookSecrets = [],
  accepting = () => true,
  maxInFlight,
  ...desk
}: PaymentAppOptions): Hono {
  const app = createApp({
    service: 'payment',
    version: '1.0.0',
    log: desk.log,
    metrics,
    routes: [...routes, ...paymentAdminRoutes],
    required: { redis: () => desk.store.redis.ping() },
    ...(bus && { reported: { bus } }),
    accepting,
    maxInFlight,
  })
  webhookRoutes(app, desk, webhookSecrets)
  paymentRoutes(app, authentication, desk)
  paymentsForAdmins(app, authentication, desk)
  return app
}

import { paymentRoutes as routes } from '@portico/contracts'
import { type Authentication, type Check, createApp, type Metrics } from '@portico/service-kit'
import type { Hono } from 'hono'
import { paymentRoutes } from './routes.ts'
import type { Desk } from './settling.ts'

export interface PaymentAppOptions extends Desk {
  readonly authentication: Authentication
  readonly metrics: Metrics
  readonly bus?: Check
  readonly accepting?: () => boolean
}

export function createPaymentApp({
  authentication,
  metrics,
  bus,
  accepting = () => true,
  ...desk
}: PaymentAppOptions): Hono {
  const app = createApp({
    service: 'payment',
    version: '1.0.0',
    log: desk.log,
    metrics,
    routes,
    required: { redis: () => desk.store.redis.ping() },
    ...(bus && { reported: { bus } }),
    accepting,
  })
  paymentRoutes(app, authentication, desk)
  return app
}

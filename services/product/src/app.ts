import { catalogueV2Routes as catalogueV2, productAdminRoutes, productRoutes } from '@portico/contracts'
import { type Authentication, type Check, createApp, type Log, type Metrics } from '@portico/service-kit'
import type { Hono } from 'hono'
import { adminRoutes } from './routes/admin.ts'
import { catalogueRoutes } from './routes/catalogue.ts'
import { catalogueV2Routes } from './routes/catalogue-v2.ts'
import { holdRoutes } from './routes/holds.ts'
import { type Db, ping } from './store/database.ts'

export interface ProductAppOptions {
  readonly db: Db
  readonly authentication: Authentication
  readonly log: Log
  readonly metrics: Metrics
  readonly bus?: Check
  readonly accepting?: () => boolean
  readonly maxInFlight?: number
}

export function createProductApp({
  db,
  authentication,
  log,
  metrics,
  bus,
  accepting = () => true,
  maxInFlight,
}: ProductAppOptions): Hono {
  const app = createApp({
    service: 'product',
    version: '1.0.0',
    log,
    metrics,
    routes: [...productRoutes, ...catalogueV2, ...productAdminRoutes],
    required: { postgres: () => ping(db) },
    ...(bus && { reported: { bus } }),
    accepting,
    maxInFlight,
  })
  catalogueRoutes(app, authentication, db)
  catalogueV2Routes(app, authentication, db)
  holdRoutes(app, authentication, db, log)
  adminRoutes(app, authentication, db)
  return app
}

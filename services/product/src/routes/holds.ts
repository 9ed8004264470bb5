import { holdStock } from '@portico/contracts'
import { type Authentication, implement } from '@portico/service-kit'
import type { Hono } from 'hono'
import { createHold } from '../holds-in-groups.ts'
import type { Db } from '../store/database.ts'

/** Internal: only order-service may hold stock. */
export function holdRoutes(app: Hono, authentication: Authentication, db: Db): void {
  const hold = createHold(db)
  implement(app, authentication, holdStock, async ({ params, body }) => ({
    status: 200,
    body: await hold(params.key, body.items),
  }))
}

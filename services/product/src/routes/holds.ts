import { holdStock } from '@portico/contracts'
import { type Authentication, implement, type Log } from '@portico/service-kit'
import type { Hono } from 'hono'
import { createLoggedHold } from '../logged-hold.ts'
import type { Db } from '../store/database.ts'

/** Internal: only order-service may hold stock. */
export function holdRoutes(app: Hono, authentication: Authentication, db: Db, log: Log): void {
  const hold = createLoggedHold(db, log)
  implement(app, authentication, holdStock, async ({ params, body, requestId }) => ({
    status: 200,
    body: await hold(params.key, body.items, requestId),
  }))
}

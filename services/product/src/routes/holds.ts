import { holdStock } from '@portico/contracts'
import { AppError, type Authentication, implement } from '@portico/service-kit'
import type { Hono } from 'hono'
import { createHold } from '../holds-in-groups.ts'
import type { Db } from '../store/database.ts'

/** Internal: only order-service may hold stock. */
export function holdRoutes(app: Hono, authentication: Authentication, db: Db): void {
  const hold = createHold(db)
  implement(app, authentication, holdStock, async ({ principal, params, body }) => {
    if (principal.kind !== 'service' || principal.service !== 'order') throw new AppError('forbidden')
    return { status: 200, body: await hold(params.key, body.items) }
  })
}

import * as contract from '@portico/contracts'
import { AppError, type Authentication, decodeCursor, encodeCursor, implement } from '@portico/service-kit'
import type { Hono } from 'hono'
import { listAudit } from '../store/audit.ts'
import type { Db } from '../store/database.ts'
import { isProduct, listMovements } from '../store/movements.ts'

/** What only admins see. What they change is in `catalogue.ts`. */
export function adminRoutes(app: Hono, authentication: Authentication, db: Db): void {
  implement(app, authentication, contract.listMovements, async ({ params, query: { cursor, limit } }) => {
    const before = cursor === undefined ? undefined : placeIn(cursor)
    const found = await listMovements(db, params.id, { before, limit: limit + 1 })
    if (found.length === 0 && !(await isProduct(db, params.id))) throw new AppError('not_found')
    const items = found.slice(0, limit)
    const last = items.at(-1)
    return { status: 200, body: { items, nextCursor: found.length > limit && last ? encodeCursor([last.id]) : null } }
  })

  implement(app, authentication, contract.listAudit, async ({ query }) => ({
    status: 200,
    body: await listAudit(db, query),
  }))
}

/** @throws AppError invalid_request */
function placeIn(cursor: string): number {
  const place = decodeCursor(cursor, ['number'])[0]
  if (Number.isSafeInteger(place)) return Number(place)
  const fields = [{ field: 'cursor', message: 'is not a cursor of this list' }]
  throw new AppError('invalid_request', undefined, { fields })
}

import type { AdminOrder } from '@portico/contracts'
import * as contract from '@portico/contracts'
import {
  AppError,
  type Authentication,
  createTrail,
  cursorAt,
  implement,
  type Log,
  positionOf,
  userIdOf,
} from '@portico/service-kit'
import type { Hono } from 'hono'
import { letHappen } from '../changing.ts'
import { type PlacedOrder, toOrder } from '../orders.ts'
import { reportRead } from '../reads.ts'
import { listAudit, noteAct } from '../store/audit.ts'
import type { Db } from '../store/database.ts'
import { searchOrders, summariseOrders } from '../store/order-search.ts'
import { findOrder, lockOrder } from '../store/orders.ts'
import { timelineOf } from '../store/timeline.ts'

export interface AdminDesk {
  readonly db: Db
  /** Called after events went into the outbox. */
  readonly published: () => void
  readonly log: Log
}

/** What admins see and do of all orders. */
export function ordersForAdmins(app: Hono, authentication: Authentication, { db, published, log }: AdminDesk): void {
  const trail = createTrail(log)

  implement(app, authentication, contract.searchOrders, async ({ principal, query: { cursor, ...search }, c }) => {
    const after = cursor === undefined ? undefined : positionOf(cursor)
    const found = await searchOrders(db, { ...search, after, limit: search.limit + 1 })
    const orders = found.slice(0, search.limit)
    const last = orders.at(-1)
    const nextCursor = found.length > search.limit && last ? cursorAt(last) : null
    const filter = { userId: search.customerId, q: search.q, status: search.status }
    c.get('security').reportRead(c, 'order.listed', { actor: userIdOf(principal), ...filter })
    return { status: 200, body: { items: orders.map(toAdminOrder), nextCursor } }
  })

  implement(app, authentication, contract.summariseOrders, async ({ query }) => ({
    status: 200,
    body: await summariseOrders(db, query),
  }))

  implement(app, authentication, contract.inspectOrder, async ({ principal, params, c }) => {
    const order = await findOrder(db, params.id)
    if (!order) throw new AppError('not_found')
    reportRead(c, principal, order)
    return { status: 200, body: { ...toAdminOrder(order), timeline: await timelineOf(db, order.id) } }
  })

  implement(app, authentication, contract.cancelAnyOrder, async ({ principal, params, requestId }) => {
    const by = { userId: userIdOf(principal), requestId }
    const order = await db.transaction().execute(async (tx) => {
      const before = await lockOrder(tx, params.id)
      const cancelled = await letHappen(tx, params.id, { type: 'cancel' }, { now: new Date(), requestId })
      if (!before || cancelled.outcome === 'absent') throw new AppError('not_found')
      if (cancelled.outcome === 'unchanged')
        throw new AppError('wrong_state', `The order is ${cancelled.order.status}.`)
      const act = { action: 'order.cancelled', subject: params.id } as const
      await noteAct(tx, by, { ...act, before: stateOf(before), after: stateOf(cancelled.order) })
      return cancelled.order
    })
    published()
    const { attempt, status } = order
    trail('order cancelled', { orderId: params.id, attempt, requestId, status })
    return { status: 202, body: toAdminOrder(order) }
  })

  implement(app, authentication, contract.listAudit, async ({ query }) => ({
    status: 200,
    body: await listAudit(db, query),
  }))
}

const toAdminOrder = (order: PlacedOrder): AdminOrder => ({
  ...toOrder(order),
  customerId: order.customerId,
  attempt: order.attempt,
  paymentId: order.paymentId,
  returning: order.returning,
})

const stateOf = ({ status, returning }: PlacedOrder) => ({ status, returning })

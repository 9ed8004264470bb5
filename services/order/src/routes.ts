import * as contract from '@portico/contracts'
import {
  AppError,
  type Authentication,
  createTrail,
  implement,
  isAdmin,
  positionOf,
  userIdOf,
} from '@portico/service-kit'
import type { Hono } from 'hono'
import { letHappen } from './changing.ts'
import { toOrder } from './orders.ts'
import { createPlacing, type Shop } from './placing.ts'
import { reportRead } from './reads.ts'
import { findOrder, listOrders } from './store/orders.ts'

export function orderRoutes(app: Hono, authentication: Authentication, shop: Shop): void {
  const { db, published } = shop
  const placing = createPlacing(shop)
  const trail = createTrail(shop.log)

  implement(app, authentication, contract.placeOrder, async ({ principal, headers, body, requestId }) => {
    const caller = { userId: userIdOf(principal), key: headers['idempotency-key'], requestId }
    const order = await placing.placeOrder(caller, body)
    return { status: 201, body: order, headers: { location: `/v1/orders/${order.id}` } }
  })

  implement(app, authentication, contract.listOrders, async ({ principal, query }) => {
    const page = await listOrders(db, {
      customerId: userIdOf(principal),
      status: query.status,
      limit: query.limit,
      after: query.cursor === undefined ? undefined : positionOf(query.cursor),
    })
    return { status: 200, body: { items: page.orders.map(toOrder), nextCursor: page.nextCursor } }
  })

  implement(app, authentication, contract.readOrder, async ({ principal, params, c }) => {
    const order = await findOrder(db, params.id)
    if (!order || (order.customerId !== userIdOf(principal) && !isAdmin(principal))) throw new AppError('not_found')
    if (order.customerId !== userIdOf(principal)) reportRead(c, principal, order)
    return { status: 200, body: toOrder(order) }
  })

  implement(app, authentication, contract.cancelOrder, async ({ principal, params, requestId }) => {
    const order = await findOrder(db, params.id)
    if (order?.customerId !== userIdOf(principal)) throw new AppError('not_found')
    const occasion = { now: new Date(), requestId }
    const cancelled = await db.transaction().execute((tx) => letHappen(tx, params.id, { type: 'cancel' }, occasion))
    if (cancelled.outcome === 'absent') throw new AppError('not_found')
    if (cancelled.outcome === 'unchanged') throw new AppError('wrong_state', `The order is ${cancelled.order.status}.`)
    published()
    const { attempt, status } = cancelled.order
    trail('order cancelled', { orderId: params.id, attempt, requestId, status })
    return { status: 202, body: toOrder(cancelled.order) }
  })

  implement(app, authentication, contract.payAgain, async ({ principal, params, headers, body, requestId }) => {
    const caller = { userId: userIdOf(principal), key: headers['idempotency-key'], requestId }
    return { status: 202, body: await placing.payAgain(caller, params.id, body.paymentMethod) }
  })
}

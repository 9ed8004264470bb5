import * as contract from '@portico/contracts'
import {
  AppError,
  type Authentication,
  decodeCursor,
  encodeCursor,
  implement,
  isAdmin,
  type Principal,
  userIdOf,
} from '@portico/service-kit'
import type { Context, Hono } from 'hono'
import { type StoredPayment, toPayment } from './payments.ts'
import { refundByAdmin } from './refunding.ts'
import type { Desk } from './settling.ts'
import { findPayment, paymentsOf } from './store/payments.ts'

export function paymentRoutes(app: Hono, authentication: Authentication, desk: Desk): void {
  const { store } = desk

  implement(app, authentication, contract.listPayments, async ({ principal, query, c }) => {
    const before = query.cursor ? Number(decodeCursor(query.cursor, ['number'])[0]) : undefined
    const found = await paymentsOf(store, query.orderId, { before, limit: query.limit + 1 })
    const visible = found.filter((payment) => mayRead(principal, payment))
    const page = visible.slice(0, query.limit)
    for (const payment of page) reportRead(c, principal, payment)
    const last = page.at(-1)
    const nextCursor = visible.length > query.limit && last ? encodeCursor([last.attempt]) : null
    return { status: 200, body: { items: page.map(toPayment), nextCursor } }
  })

  implement(app, authentication, contract.readPayment, async ({ principal, params, c }) => {
    const payment = await findPayment(store, params.id)
    if (!payment || !mayRead(principal, payment)) throw new AppError('not_found')
    reportRead(c, principal, payment)
    return { status: 200, body: toPayment(payment) }
  })

  implement(app, authentication, contract.refundPayment, async ({ principal, params, headers, body, requestId }) => {
    const by = { userId: userIdOf(principal), key: headers['idempotency-key'], requestId }
    return { status: 201, body: await refundByAdmin(desk, by, params.id, body) }
  })
}

const mayRead = (principal: Principal, payment: StoredPayment): boolean =>
  isAdmin(principal) || payment.customerId === userIdOf(principal)

/** Reports that an admin reads another's payment. */
function reportRead(c: Context, principal: Principal, { customerId, orderId }: StoredPayment): void {
  const actor = userIdOf(principal)
  if (actor !== customerId) c.get('security').reportRead(c, 'payment.read', { actor, userId: customerId, orderId })
}

import type { AdminPayment, PaymentStatus } from '@portico/contracts'
import * as contract from '@portico/contracts'
import { AppError, type Authentication, implement, userIdOf } from '@portico/service-kit'
import type { Hono } from 'hono'
import { type StoredPayment, toPayment } from './payments.ts'
import { type Desk, settleNow } from './settling.ts'
import { listAudit, noteAct } from './store/audit.ts'
import { countPerDay, listByTime } from './store/payment-ids.ts'
import { findPayment, paymentsOf } from './store/payments.ts'

/** More attempts than one order ever has. */
const MAX_ATTEMPTS = 1000

interface Search {
  readonly status?: PaymentStatus | undefined
  readonly orderId?: string | undefined
  readonly limit: number
  readonly cursor?: string | undefined
}

/** What admins see and do of all payments; refunds are in `routes.ts`. */
export function paymentsForAdmins(app: Hono, authentication: Authentication, desk: Desk): void {
  const { store } = desk

  implement(app, authentication, contract.searchPayments, async ({ principal, query, c }) => {
    const found = await search(desk, query)
    const page = found.slice(0, query.limit)
    const nextCursor = found.length > query.limit ? (page.at(-1)?.id ?? null) : null
    const facts = { actor: userIdOf(principal), orderId: query.orderId, status: query.status }
    c.get('security').reportRead(c, 'payment.listed', facts)
    return { status: 200, body: { items: page.map(toAdminPayment), nextCursor } }
  })

  implement(app, authentication, contract.summarisePayments, async ({ query }) => ({
    status: 200,
    body: { days: await countPerDay(store, Date.parse(query.from), Date.parse(query.to)) },
  }))

  implement(app, authentication, contract.settlePayment, async ({ principal, params, requestId }) => {
    const payment = await findPayment(store, params.id)
    if (!payment) throw new AppError('not_found')
    const { status, reserved, refunded } = payment
    if (status !== 'pending' && reserved === refunded)
      throw new AppError('wrong_state', `Nothing is open: the payment is ${status}.`)
    // What comes of it is the provider's word and not the admin's deed; it is the payment's to tell.
    const before = { status, returning: reserved - refunded }
    const by = { userId: userIdOf(principal), requestId }
    await noteAct(store, by, { action: 'payment.settled', subject: payment.id, before, after: null })
    await settleNow(desk, payment)
    return { status: 200, body: toAdminPayment((await findPayment(store, params.id)) ?? payment) }
  })

  implement(app, authentication, contract.listAudit, async ({ query }) => ({
    status: 200,
    body: await listAudit(store, query),
  }))
}

async function search({ store }: Desk, { status, orderId, limit, cursor }: Search): Promise<StoredPayment[]> {
  if (orderId === undefined) return listByTime(store, { status, before: cursor, limit: limit + 1 })
  const all = await paymentsOf(store, orderId, { before: undefined, limit: MAX_ATTEMPTS })
  return all.filter(
    (payment) => (status === undefined || payment.status === status) && (cursor === undefined || payment.id < cursor),
  )
}

const toAdminPayment = (payment: StoredPayment): AdminPayment => ({
  ...toPayment(payment),
  customerId: payment.customerId,
  returning: { amount: payment.reserved - payment.refunded, currency: payment.amount.currency },
  requestId: payment.requestId ?? null,
})

import { randomUUID } from 'node:crypto'
import type { Access } from '@portico/contracts'
import { key } from '../client.ts'
import { newProduct, password, type World } from './world.ts'

/** The parts of a request that is right in all but who sends it. */
export interface Request {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** Callers with a valid access token. */
export type Reader = 'stranger' | 'owner' | 'admin'

/** One route of the contract: a request for something of the owner's, and the status that each caller is answered. */
export interface Row {
  /** As the contract says; repeated here, so that a route does not become more open unnoticed. */
  readonly access: Access
  readonly ask: (world: World) => Request
  readonly answers: Readonly<Record<Reader, number>>
  /** What everybody else is answered: without a token, or with one that is not right. */
  readonly intruders: number
  /** What a service is answered that may call the route. */
  readonly service?: number
}

type Ask = Row['ask']
const nothing: Ask = () => ({})

const anybody = (status: number, ask = nothing): Row => ({
  access: 'public',
  ask,
  answers: { stranger: status, owner: status, admin: status },
  intruders: status,
})
const users = (answers: Row['answers'], ask = nothing): Row => ({ access: 'user', ask, answers, intruders: 401 })
const admins = (status: number, ask = nothing): Row => ({
  access: 'admin',
  ask,
  answers: { stranger: 403, owner: 403, admin: status },
  intruders: 401,
})
const onlyBy = (service: string, status: number, ask: Ask): Row => ({
  access: { services: [service] },
  ask,
  answers: { stranger: 401, owner: 401, admin: 401 },
  intruders: 401,
  service: status,
})
const each = (status: number) => ({ stranger: status, owner: status, admin: status })

const csrf = { headers: { 'x-csrf': '1' } }
const id = (id: string) => ({ params: { id } })
const span = { query: { from: '2026-01-01T00:00:00Z', to: '2026-12-01T00:00:00Z' } }
const deadLetter = id('order.1-1')
const eur = (amount: number) => ({ amount, currency: 'EUR' })
const paymentMethod = { token: 'tok_ok' }

/** Every route of the contract by its id. A route without a row fails the test; so does a row without a route. */
export const rows: Readonly<Record<string, Row>> = {
  registerUser: anybody(201, () => ({ body: { email: `${randomUUID()}@example.test`, password, name: 'Ada' } })),
  logIn: anybody(201, ({ subject }) => ({ body: { email: subject.email, password } })),
  refreshSession: anybody(401, () => ({ body: { refreshToken: 'unknown' } })),
  logOut: anybody(204, () => ({ body: { refreshToken: 'unknown' } })),
  issueTicket: users(each(201), () => ({ body: { audience: 'orders.live' } })),
  readProfile: users(each(200)),
  changeProfile: users(each(200), () => ({ body: { name: 'Ada' } })),
  changePassword: users(each(204), () => ({ body: { currentPassword: password, newPassword: password } })),
  listUsers: admins(200, ({ owner }) => ({ query: { q: owner.email } })),
  readUser: admins(200, ({ owner }) => id(owner.id)),
  changeUser: admins(200, ({ subject }) => ({ ...id(subject.id), body: { disabled: false } })),
  endUserSessions: admins(204, ({ subject }) => id(subject.id)),
  readKeys: anybody(200),
  listAudit: admins(200),

  listProducts: anybody(200),
  listCategories: anybody(200),
  listProductsV2: anybody(200),
  readProduct: anybody(200, ({ product }) => id(product.id)),
  readProductV2: anybody(200, ({ product }) => id(product.id)),
  createProduct: admins(201, () => ({ body: newProduct() })),
  changeProduct: admins(200, ({ product }) => ({
    ...id(product.id),
    headers: { 'if-match': '*' },
    body: { name: 'Lamp' },
  })),
  retireProduct: admins(204, ({ retiring }) => ({ ...id(retiring.id), headers: { 'if-match': '*' } })),
  changeStock: admins(200, ({ product }) => ({ ...id(product.id), body: { delta: 1, reason: 'found' } })),
  listMovements: admins(200, ({ product }) => id(product.id)),
  holdStock: onlyBy('order', 200, ({ attempt, product }) => ({
    params: { key: attempt },
    body: { items: [{ productId: product.id, quantity: 1 }] },
  })),

  placeOrder: users(each(201), ({ product }) => ({
    headers: key(),
    body: { items: [{ productId: product.id, quantity: 1 }], paymentMethod },
  })),
  listOrders: users(each(200)),
  readOrder: users({ stranger: 404, owner: 200, admin: 200 }, ({ paid }) => id(paid.id)),
  cancelOrder: users({ stranger: 404, owner: 202, admin: 404 }, ({ cancellable }) => id(cancellable.id)),
  payAgain: users({ stranger: 404, owner: 202, admin: 404 }, ({ declined }) => ({
    ...id(declined.id),
    headers: key(),
    body: { paymentMethod },
  })),
  searchOrders: admins(200, ({ owner }) => ({ query: { customerId: owner.id } })),
  summariseOrders: admins(200, () => span),
  inspectOrder: admins(200, ({ paid }) => id(paid.id)),
  cancelAnyOrder: admins(202, ({ cancellableByAdmin }) => id(cancellableByAdmin.id)),
  listDeadLetters: admins(200, () => ({ query: { group: 'order' } })),
  readDeadLetter: admins(404, () => deadLetter),
  replayDeadLetter: admins(404, () => deadLetter),
  dropDeadLetter: admins(404, () => deadLetter),

  listPayments: users(each(200), ({ paid }) => ({ query: { orderId: paid.id } })),
  readPayment: users({ stranger: 404, owner: 200, admin: 200 }, ({ payment }) => id(payment.id)),
  refundPayment: admins(201, ({ payment }) => ({
    ...id(payment.id),
    headers: key(),
    body: { amount: eur(1), reason: 'a scratch' },
  })),
  searchPayments: admins(200, ({ paid }) => ({ query: { orderId: paid.id } })),
  summarisePayments: admins(200, () => span),
  settlePayment: admins(409, ({ payment }) => id(payment.id)),
  receiveWebhook: anybody(401, ({ attempt }) => ({
    headers: { 'portico-signature': 't=1,v1=00' },
    body: {
      ...{ id: randomUUID(), type: 'charge.captured', key: attempt },
      createdAt: new Date().toISOString(),
    },
  })),

  listMergedOrders: users(each(200)),
  createWebSession: anybody(201, ({ subject }) => ({ ...csrf, body: { email: subject.email, password } })),
  refreshWebSession: anybody(401, () => csrf),
  endWebSession: anybody(204, () => csrf),
  listMergedAudit: admins(200),
  readGateway: admins(200),
  readHealth: admins(200),
  readTraffic: admins(200),
  readTrafficHistory: admins(200),

  charge: onlyBy('payment', 200, ({ attempt }) => ({
    params: { key: attempt },
    body: { amount: eur(100), paymentMethod },
  })),
  refundCharge: onlyBy('payment', 200, ({ attempt, subject }) => ({
    params: { key: attempt, refundId: subject.id },
    body: { amount: eur(1) },
  })),
  // The connection comes from loopback here; `provider.test.ts` tries it from elsewhere.
  readLedger: anybody(200),
}

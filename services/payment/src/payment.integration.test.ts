import { randomUUID } from 'node:crypto'
import type { Event, EventOf, Payment, Refund } from '@portico/contracts'
import { createAuthentication, createLog, createMetrics, newEvent, newId } from '@portico/service-kit'
import type { Hono } from 'hono'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createPaymentApp } from './app.ts'
import { createHandlers } from './events.ts'
import { OutcomeUnknown, type PaymentProvider } from './provider.ts'
import { type Desk, SETTLE_AFTER_MS, settleDue } from './settling.ts'
import { createOutbox } from './store/outbox.ts'
import { openStore } from './store/payments.ts'

type Body = Payment & Refund & { readonly items: Payment[]; readonly errors: readonly { readonly field: string }[] }

const store = openStore(process.env.REDIS_URL ?? '', `test-${randomUUID()}:`)
const eur = (amount: number) => ({ amount, currency: 'EUR' })
const customerId = newId()

/** The provider's port with a ledger in memory: what it does is the test's to say, call by call. */
class Books implements PaymentProvider {
  readonly charged = new Map<string, number>()
  readonly refunds = new Map<string, number>()
  /** Calls that have their effect and then break off. */
  silent = 0
  async charge(key: string, { amount }: { amount: number }, token: string) {
    if (token === 'tok_declined') return { outcome: 'failed', reason: 'declined' } as const
    this.charged.set(key, amount)
    this.#answer()
    return { outcome: 'captured' } as const
  }
  async refund(_: string, refundId: string, { amount }: { amount: number }) {
    this.refunds.set(refundId, amount)
    this.#answer()
  }
  #answer() {
    if (this.silent > 0) {
      this.silent -= 1
      throw new OutcomeUnknown('no answer')
    }
  }
}

let books: Books
let desk: Desk
let app: Hono

beforeEach(() => {
  books = new Books()
  desk = { store, provider: books, log: createLog('test', 'silent'), published: () => undefined }
  const accessToken = async (token: string) =>
    ({ kind: 'user', userId: token, role: token === 'admin' ? 'admin' : 'customer' }) as const
  app = createPaymentApp({
    ...desk,
    authentication: createAuthentication({ accessToken }),
    metrics: createMetrics('payment'),
  })
})

afterAll(async () => {
  const keys = await store.redis.keys(store.keys.payment('').replace('payment:', '*'))
  if (keys.length > 0) await store.redis.del(keys)
  store.redis.disconnect()
})

function placed(token = 'tok_ok', amount = 1000): EventOf<'order_placed'> {
  const items = [{ productId: newId(), quantity: 1, unitPrice: eur(amount) }]
  return newEvent('order', 'order_placed', {
    orderId: newId(),
    attempt: 1,
    customerId,
    items,
    total: eur(amount),
    paymentMethod: { token },
  })
}

const later = () => settleDue(desk, Date.now() + SETTLE_AFTER_MS + 1000)

async function call(method: string, path: string, ask: { body?: unknown; token?: string; key?: string } = {}) {
  const response = await app.request(path, {
    method,
    headers: {
      authorization: `Bearer ${ask.token ?? customerId}`,
      ...(ask.body !== undefined && { 'content-type': 'application/json' }),
      ...(ask.key && { 'idempotency-key': ask.key }),
    },
    ...(ask.body !== undefined && { body: JSON.stringify(ask.body) }),
  })
  return { status: response.status, body: (await response.json()) as Body }
}

const paymentsOf = async (orderId: string, token = customerId) =>
  (await call('GET', `/v1/payments?orderId=${orderId}`, { token })).body.items

async function said(orderId: string): Promise<Event[]> {
  const events: Event[] = []
  const entries = await store.redis.xrange(store.keys.outbox, '-', '+')
  for (const [, fields] of entries) events.push(JSON.parse(fields[1] ?? ''))
  return events.filter((event) => event.subject === orderId)
}

async function captured(amount = 1000) {
  const event = placed('tok_ok', amount)
  await createHandlers(desk).order_placed(event)
  const [payment] = await paymentsOf(event.subject)
  if (!payment) throw new Error('nothing was paid')
  return payment
}

const refund = (id: string, body: unknown, key: string = randomUUID(), token = 'admin') =>
  call('POST', `/v1/payments/${id}/refunds`, { token, key, body })

describe('an order that was placed', () => {
  it('is paid once, however often it is heard of', async () => {
    const event = placed()
    const { order_placed } = createHandlers(desk)
    await Promise.all([order_placed(event), order_placed(event)])
    await order_placed({ ...event, id: newId() })
    expect(await paymentsOf(event.subject)).toMatchObject([
      { status: 'captured', attempt: 1, amount: eur(1000), refunded: eur(0) },
    ])
    expect(await said(event.subject)).toMatchObject([
      { type: 'payment_captured', data: { customerId, amount: eur(1000) } },
    ])
  })

  it('fails with a declined card', async () => {
    const event = placed('tok_declined')
    await createHandlers(desk).order_placed(event)
    expect(await paymentsOf(event.subject)).toMatchObject([{ status: 'failed' }])
    expect(await said(event.subject)).toMatchObject([{ type: 'payment_failed', data: { reason: 'declined' } }])
  })

  it('is settled by the same charge again when the outcome was unknown', async () => {
    const event = placed()
    books.silent = 2
    await createHandlers(desk).order_placed(event)
    expect(await paymentsOf(event.subject)).toMatchObject([{ status: 'pending' }])
    await later()
    expect(await said(event.subject)).toEqual([])
    await settleDue(desk, Date.now() + 3 * SETTLE_AFTER_MS)
    expect(await paymentsOf(event.subject)).toMatchObject([{ status: 'captured' }])
    expect(books.charged).toEqual(new Map([[`${event.subject}:1`, 1000]]))
  })
})

describe('a refund by an admin', () => {
  it('gives back a part, then all that is left, and says so', async () => {
    const { id, orderId } = await captured()
    expect(await refund(id, { amount: eur(300), reason: 'scratch' })).toMatchObject({
      status: 201,
      body: { amount: eur(300), status: 'refunded' },
    })
    expect(await refund(id, { reason: 'the rest' })).toMatchObject({ status: 201, body: { amount: eur(700) } })
    expect(await paymentsOf(orderId)).toMatchObject([{ status: 'refunded', refunded: eur(1000) }])
    const refunds = (await said(orderId)).filter(({ type }) => type === 'payment_refunded')
    expect(refunds).toMatchObject([
      { data: { amount: eur(300), refunded: eur(300), whole: false } },
      { data: { amount: eur(700), refunded: eur(1000), whole: true } },
    ])
  })

  it('is never more than is left, even when many come at once', async () => {
    const { id, orderId } = await captured()
    const answers = await Promise.all(Array.from({ length: 5 }, () => refund(id, { amount: eur(400), reason: 'many' })))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409, 409])
    expect(await paymentsOf(orderId)).toMatchObject([{ status: 'captured', refunded: eur(800) }])
    expect([...books.refunds.values()]).toEqual([400, 400])
  })

  it('has its effect once under a key', async () => {
    const { id } = await captured()
    const key = randomUUID()
    const first = await refund(id, { amount: eur(100), reason: 'once' }, key)
    expect(await refund(id, { amount: eur(100), reason: 'once' }, key)).toEqual(first)
    expect((await refund(id, { amount: eur(101), reason: 'once' }, key)).status).toBe(422)
    expect(books.refunds.size).toBe(1)
    const keyless = await call('POST', `/v1/payments/${id}/refunds`, { token: 'admin', body: { reason: 'x' } })
    expect(keyless.status).toBe(400)
  })

  it('puts the goods back only as a whole', async () => {
    const { id, orderId } = await captured()
    expect((await refund(id, { amount: eur(999), reason: 'part', restock: true })).body.errors).toMatchObject([
      { field: 'restock' },
    ])
    expect((await refund(id, { reason: 'whole', restock: true })).status).toBe(201)
    expect((await said(orderId)).at(-1)).toMatchObject({ data: { whole: true, restock: true } })
  })

  it('is finished by the sweep when the provider did not answer', async () => {
    const { id, orderId } = await captured()
    books.silent = 1
    expect((await refund(id, { reason: 'slow' })).body.status).toBe('requested')
    await later()
    expect(await paymentsOf(orderId)).toMatchObject([{ status: 'refunded' }])
    expect(books.refunds.size).toBe(1)
  })

  it('is for admins, of payments that were captured', async () => {
    const { id } = await captured()
    expect((await refund(id, { reason: 'mine' }, randomUUID(), customerId)).status).toBe(403)
    expect((await refund(newId(), { reason: 'none' })).status).toBe(404)
    const failed = placed('tok_declined')
    await createHandlers(desk).order_placed(failed)
    const [payment] = await paymentsOf(failed.subject)
    expect((await refund(payment?.id ?? '', { reason: 'failed' })).status).toBe(409)
  })
})

it('refunds what order-service asks for, once', async () => {
  const { id, orderId } = await captured()
  const event = newEvent('order', 'refund_requested', {
    orderId,
    attempt: 1,
    paymentId: id,
    refundId: newId(),
    amount: null,
    reason: 'cancelled',
  })
  const { refund_requested } = createHandlers(desk)
  await Promise.all([refund_requested(event), refund_requested(event)])
  expect(await paymentsOf(orderId)).toMatchObject([{ status: 'refunded', refunded: eur(1000) }])
  expect((await said(orderId)).filter(({ type }) => type === 'payment_refunded')).toHaveLength(1)
})

it('shows a payment to its customer and to an admin alone', async () => {
  const { id, orderId } = await captured()
  expect((await call('GET', `/v1/payments/${id}`)).status).toBe(200)
  expect((await call('GET', `/v1/payments/${id}`, { token: 'admin' })).status).toBe(200)
  expect((await call('GET', `/v1/payments/${id}`, { token: newId() })).status).toBe(404)
  expect(await paymentsOf(orderId, newId())).toEqual([])
})

it('empties its outbox onto the bus, and keeps what the bus did not take', async () => {
  await captured()
  const outbox = createOutbox(store)
  const failing = outbox.drain(500, () => Promise.reject(new Error('the bus is down')))
  await expect(failing).rejects.toThrow('the bus is down')
  const { waiting } = await outbox.depth()
  let sent = 0
  await outbox.drain(500, async (events) => {
    sent = events.length
  })
  expect([sent, (await outbox.depth()).waiting]).toEqual([waiting, 0])
})

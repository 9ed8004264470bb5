import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Event, Order } from '@portico/contracts'
import { createLog, createTrail, newEvent, newId } from '@portico/service-kit'
import { createOutbox } from '@portico/service-kit/mysql'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { expireOrders } from './changing.ts'
import { createHandlers } from './events.ts'
import { TooEarly } from './orders.ts'
import type { Db } from './store/database.ts'
import { eur, openSetting, refusalOf, refusedWith, type Setting, silent, wish } from './testing/setting.ts'

const HOUR_MS = 3600 * 1000
let setting: Setting
let db: Db
let product: Setting['product']['says']

beforeAll(async () => {
  setting = await openSetting()
  db = setting.db
  product = setting.product.says
})

beforeEach(() => void setting.product.calmDown())
afterAll(() => setting.close())

const call: Setting['call'] = (...args) => setting.call(...args)
const place: Setting['place'] = (...args) => setting.place(...args)
const eventsOf: Setting['eventsOf'] = (...args) => setting.eventsOf(...args)
const typesOf: Setting['typesOf'] = (...args) => setting.typesOf(...args)
const anOrder: Setting['anOrder'] = () => setting.anOrder()

describe('placing an order', () => {
  it('prices it, answers 201 with its place and writes the event with it', async () => {
    const as = newId()
    const { status, headers, body } = await place({ as })
    expect([status, headers.get('location')]).toEqual([201, `/v1/orders/${body.id}`])
    expect(body).toMatchObject({ status: 'pending', total: eur(1000), refunded: eur(0), items: [{ name: 'Lamp' }] })
    expect(product.holds).toEqual([`${body.id}:1`])
    expect((await call('GET', `/v1/orders/${body.id}`, { as })).body).toEqual(body)
    expect(await eventsOf(body.id)).toMatchObject([
      {
        type: 'order_placed',
        data: { attempt: 1, customerId: as, total: eur(1000), paymentMethod: { token: 'tok_ok' } },
      },
    ])
  })

  it('needs a key', async () => {
    expect(refusalOf(await call('POST', '/v1/orders', { body: wish() }))).toEqual(
      refusedWith('idempotency_key_missing'),
    )
  })

  it.each(['out_of_stock', 'invalid_request'] as const)('passes %s on and keeps nothing', async (code) => {
    product.refusal = code
    const as = newId()
    const refused = await place({ as })
    expect(refusalOf(refused)).toEqual(refusedWith(code))
    expect(refused.body.errors).toMatchObject([{ field: 'items.0.quantity' }])
    expect((await call('GET', '/v1/orders', { as })).body).toMatchObject({ items: [] })
  })

  it('answers 503 while product-service is down, and places the order when it is back', async () => {
    const ask = { as: newId(), key: randomUUID(), body: wish() }
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const url = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`
    closed.close()
    expect(refusalOf(await place(ask, setting.serviceOn({ productUrl: url })))).toEqual(refusedWith('unavailable'))
    expect((await place(ask)).status).toBe(201)
  })
})

describe('the same request again', () => {
  it('is answered the same and has its effect once', async () => {
    const ask = { as: newId(), key: randomUUID(), body: wish() }
    const first = await place(ask)
    const second = await place(ask)
    expect([second.status, second.body]).toEqual([201, first.body])
    expect(second.headers.get('location')).toBe(first.headers.get('location'))
    expect(await typesOf(first.body.id)).toEqual(['order_placed'])
    expect(product.holds).toHaveLength(1)
  })

  it('with another body is refused', async () => {
    const ask = { as: newId(), key: randomUUID() }
    await place(ask)
    expect(refusalOf(await place({ ...ask, body: wish(3) }))).toEqual(refusedWith('idempotency_key_reused'))
  })

  it('of another customer is another request', async () => {
    const ask = { key: randomUUID(), body: wish() }
    const [one, other] = [await place({ ...ask, as: newId() }), await place({ ...ask, as: newId() })]
    expect(other.status).toBe(201)
    expect(other.body.id).not.toBe(one.body.id)
  })

  it('while the first is running is refused, and afterwards answered', async () => {
    const ask = { as: newId(), key: randomUUID(), body: wish() }
    const reached = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    product.before = async () => {
      reached.resolve()
      await released.promise
    }
    const first = place(ask)
    await reached.promise
    expect(refusalOf(await place(ask))).toEqual(refusedWith('request_in_progress'))
    released.resolve()
    const answered = await first
    expect(answered.status).toBe(201)
    expect(await place(ask)).toMatchObject({ status: 201, body: answered.body })
  })

  it('many times at once makes one order', async () => {
    const ask = { as: newId(), key: randomUUID(), body: wish() }
    const answers = await Promise.all(Array.from({ length: 8 }, () => place(ask)))
    expect(new Set(answers.map(({ status }) => status)).difference(new Set([201, 409])).size).toBe(0)
    const ids = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.id))
    expect(ids.size).toBe(1)
    expect((await call('GET', '/v1/orders', { as: ask.as })).body.items).toHaveLength(1)
  })

  it('after a refusal is looked at anew', async () => {
    const ask = { as: newId(), key: randomUUID(), body: wish() }
    product.refusal = 'out_of_stock'
    expect((await place(ask)).status).toBe(409)
    product.refusal = undefined
    expect((await place(ask)).status).toBe(201)
  })
})

describe('reading orders', () => {
  it('walks the own ones page by page, the newest first, without a gap or a repeat', async () => {
    const as = newId()
    const ids: string[] = []
    for (let i = 0; i < 5; i++) ids.push((await place({ as })).body.id)
    const seen: Order[] = []
    let cursor = ''
    do {
      const { body } = await call('GET', `/v1/orders?limit=2${cursor}`, { as })
      seen.push(...(body.items as unknown as Order[]))
      cursor = body.nextCursor ? `&cursor=${body.nextCursor}` : ''
    } while (cursor)
    expect(seen.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
    const times = seen.map(({ createdAt }) => createdAt)
    expect(times).toEqual(times.toSorted().toReversed())
  })

  it('filters by status', async () => {
    const order = await anOrder()
    await place({ as: order.customer })
    await order.captured()
    const { body } = await call('GET', '/v1/orders?status=paid', { as: order.customer })
    expect(body.items).toMatchObject([{ id: order.id }])
  })

  it("does not tell that other customers' orders exist", async () => {
    const { id } = await anOrder()
    const key = randomUUID()
    const body = { paymentMethod: { token: 'tok_ok' } }
    for (const answer of [
      await call('GET', `/v1/orders/${id}`),
      await call('POST', `/v1/orders/${id}/cancellation`),
      await call('POST', `/v1/orders/${id}/payments`, { key, body }),
      await call('GET', `/v1/orders/${newId()}`),
    ])
      expect(refusalOf(answer)).toEqual(refusedWith('not_found'))
  })
})

describe('a cancellation', () => {
  it('ends an order that waits, once', async () => {
    const order = await anOrder()
    expect(await order.cancel()).toMatchObject({ status: 202, body: { status: 'cancelled' } })
    expect(refusalOf(await order.cancel())).toEqual(refusedWith('wrong_state'))
    expect(await typesOf(order.id)).toEqual(['order_placed', 'order_closed'])
  })

  it('of a paid order asks for the money once, and the order is refunded when it has gone', async () => {
    const order = await anOrder()
    await order.captured()
    expect(await order.cancel()).toMatchObject({ status: 202, body: { status: 'paid' } })
    expect((await order.cancel()).status).toBe(202)
    expect(await typesOf(order.id)).toEqual(['order_placed', 'order_closed', 'refund_requested'])
    await order.refunded()
    expect(await order.read()).toMatchObject({ status: 'refunded', refunded: eur(1000) })
    expect(refusalOf(await order.cancel())).toEqual(refusedWith('wrong_state'))
  })

  it('of an order whose payment failed needs nothing more', async () => {
    const order = await anOrder()
    await order.declined()
    expect(await order.cancel()).toMatchObject({ status: 202, body: { status: 'cancelled' } })
    expect(await typesOf(order.id)).toEqual(['order_placed', 'order_closed'])
  })
})

describe('paying again', () => {
  it('is the next attempt of an order whose payment failed, and pays it', async () => {
    const order = await anOrder()
    await order.declined()
    expect(await order.status()).toBe('payment_failed')
    expect(await order.payAgain()).toMatchObject({ status: 202, body: { status: 'pending' } })
    expect(product.holds).toEqual([`${order.id}:1`, `${order.id}:2`])
    expect((await eventsOf(order.id)).at(-1)).toMatchObject({ type: 'order_placed', data: { attempt: 2 } })
    await order.captured(2)
    expect(await order.status()).toBe('paid')
  })

  it('with the same key is one attempt', async () => {
    const order = await anOrder()
    await order.declined()
    const key = randomUUID()
    const first = await order.payAgain(key)
    expect(await order.payAgain(key)).toMatchObject({ status: 202, body: first.body })
    expect(refusalOf(await order.payAgain(key, 'tok_slow'))).toEqual(refusedWith('idempotency_key_reused'))
    expect(await typesOf(order.id)).toEqual(['order_placed', 'order_closed', 'order_placed'])
  })

  it('is refused in every other status', async () => {
    const order = await anOrder()
    expect(refusalOf(await order.payAgain())).toEqual(refusedWith('wrong_state'))
    await order.captured()
    expect(refusalOf(await order.payAgain())).toEqual(refusedWith('wrong_state'))
  })

  it('finds nothing in stock when the product has left the catalogue', async () => {
    const order = await anOrder()
    await order.declined()
    product.refusal = 'invalid_request'
    expect(refusalOf(await order.payAgain())).toEqual(refusedWith('out_of_stock'))
    expect(await order.status()).toBe('payment_failed')
  })
})

describe('events', () => {
  it('that come again do nothing', async () => {
    const order = await anOrder()
    const event = newEvent('payment', 'payment_failed', {
      orderId: order.id,
      attempt: 1,
      paymentId: newId(),
      customerId: order.customer,
      amount: eur(1000),
      reason: 'declined',
    })
    const handlers = createHandlers(db, () => undefined, silent)
    await handlers.payment_failed(event)
    await handlers.payment_failed(event)
    await Promise.all([handlers.payment_failed(event), handlers.payment_failed(event)])
    expect(await typesOf(order.id)).toEqual(['order_placed', 'order_closed'])
  })

  it('of a refund before its capture come again later, and then count', async () => {
    const order = await anOrder()
    const refund = order.refund()
    const { payment_refunded } = createHandlers(db, () => undefined, silent)
    await expect(payment_refunded(refund)).rejects.toThrow(TooEarly)
    await order.captured()
    await payment_refunded(refund)
    expect(await order.status()).toBe('refunded')
  })

  it('of a part before the whole, or after it, make the same sum', async () => {
    const order = await anOrder()
    await order.captured()
    await order.refunded(300)
    expect(await order.read()).toMatchObject({ status: 'paid', refunded: eur(300) })
    await order.refunded(1000)
    await order.refunded(600)
    expect(await order.read()).toMatchObject({ status: 'refunded', refunded: eur(1000) })
  })

  it('of lost stock after the capture give the money back', async () => {
    const order = await anOrder()
    await order.captured()
    await order.stockLost()
    expect(await typesOf(order.id)).toEqual(['order_placed', 'order_closed', 'refund_requested'])
  })

  it('of a capture after a cancellation or lost stock give the money back', async () => {
    for (const end of ['cancel', 'stockLost'] as const) {
      const order = await anOrder()
      await order[end]()
      await order.captured()
      expect(await order.status()).toBe('cancelled')
      expect((await eventsOf(order.id)).at(-1)).toMatchObject({
        type: 'refund_requested',
        data: { paymentId: order.paymentId, attempt: 1, amount: null },
      })
    }
  })

  it.each([
    ['amount', eur(999)],
    ['currency', { amount: 1000, currency: 'USD' }],
  ])('of a capture in another %s fail the payment and give the money back', async (_, amount) => {
    const order = await anOrder()
    await order.captured(1, amount)
    expect(await order.status()).toBe('payment_failed')
    expect(await typesOf(order.id)).toEqual(['order_placed', 'order_closed', 'refund_requested'])
    await order.refunded(amount.amount)
    expect(await order.status()).toBe('payment_failed')
    expect((await order.payAgain()).status).toBe(202)
  })

  it('of a capture in another amount are logged as a security event, once', async () => {
    const order = await anOrder()
    const warn = vi.spyOn(silent, 'warn')
    const { payment_captured } = createHandlers(db, () => undefined, silent)
    const { id: orderId, customer: customerId, paymentId } = order
    const paid = { ...{ orderId, customerId, paymentId }, attempt: 1, amount: eur(1) }
    const event = newEvent('payment', 'payment_captured', paid)
    for (let time = 0; time < 2; time++) await payment_captured(event)
    const told = { security: 'capture.amount_differs', orderId, paymentId, amount: eur(1), total: eur(1000) }
    expect(warn.mock.calls.map(([fields]) => fields)).toMatchObject([told])
    warn.mockRestore()
  })

  it('of an unknown order do nothing', async () => {
    const lost = newEvent('product', 'stock_lost', { orderId: newId(), attempt: 1 })
    await createHandlers(db, () => undefined, silent).stock_lost(lost)
    expect(await eventsOf(lost.subject)).toEqual([])
  })
})

it('cancels an order an hour after its payment failed, not before, and no other', async () => {
  const failed = await anOrder()
  const waiting = await anOrder()
  await failed.declined()
  const now = Date.now()
  const trail = createTrail(createLog('test', 'silent'))
  await expireOrders(db, trail, now + HOUR_MS - 60_000)
  expect(await failed.status()).toBe('payment_failed')
  await expireOrders(db, trail, now + HOUR_MS + 60_000)
  expect([await failed.status(), await waiting.status()]).toEqual(['cancelled', 'pending'])
})

describe('the outbox', () => {
  it('keeps events that could not be published and drains each once, in order', async () => {
    const outbox = createOutbox(db)
    const order = await anOrder()
    await order.cancel()
    const { waiting } = await outbox.depth()
    const down = async () => Promise.reject(new Error('the bus is down'))
    await expect(outbox.drain(1000, down)).rejects.toThrow('the bus is down')
    expect((await outbox.depth()).waiting).toBe(waiting)
    const published: Event[] = []
    const publish = async (events: readonly Event[]) => void published.push(...events)
    expect(await outbox.drain(1000, publish)).toBe(waiting)
    const ofOrder = published.filter(({ subject }) => subject === order.id).map(({ type }) => type)
    expect(ofOrder).toEqual(['order_placed', 'order_closed'])
    expect(await outbox.drain(1000, publish)).toBe(0)
    expect(await outbox.depth()).toEqual({ waiting: 0, oldestAt: undefined })
  })
})

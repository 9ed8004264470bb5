import { randomUUID } from 'node:crypto'
import { newEvent, newId } from '@portico/service-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createHandlers } from './events.ts'
import { openSetting, refusalOf, refusedWith, type Setting, silent, wish } from './testing/setting.ts'

const MANY = 20
let setting: Setting
beforeAll(async () => {
  setting = await openSetting()
})
beforeEach(() => void setting.product.calmDown())
afterAll(() => setting.close())

const many = <T>(make: (index: number) => Promise<T>) => Promise.all(Array.from({ length: MANY }, (_, i) => make(i)))
const sequencesOf = async (customer: string) =>
  (await setting.db.selectFrom('status_changes').select('sequence').where('customer_id', '=', customer).execute())
    .map(({ sequence }) => Number(sequence))
    .sort((a, b) => a - b)

describe('orders placed at the same time', () => {
  it('are written in a few transactions, and each customer is answered their own', async () => {
    const { service, sent, close } = await setting.serviceSeen()
    try {
      const asks = Array.from({ length: MANY }, () => ({ as: newId(), body: wish() }))
      const answers = await Promise.all(asks.map((ask) => setting.place(ask, service)))
      for (const [index, { status, body }] of answers.entries()) {
        expect([status, body.items[0]?.productId]).toEqual([201, asks[index]?.body.items[0]?.productId])
        const read = await setting.call('GET', `/v1/orders/${body.id}`, { as: asks[index]?.as ?? '' })
        expect(read.body).toEqual(body)
        expect(await setting.typesOf(body.id)).toEqual(['order_placed'])
      }
      const transactions = sent().split('insert into `orders`').length - 1
      expect(transactions).toBeGreaterThan(0)
      expect(transactions).toBeLessThan(MANY / 2)
    } finally {
      await close()
    }
  })

  it('of one customer have numbers without a gap', async () => {
    const as = newId()
    expect((await many(() => setting.place({ as }))).map(({ status }) => status)).toEqual(Array(MANY).fill(201))
    expect(await sequencesOf(as)).toEqual(Array.from({ length: MANY }, (_, index) => index + 1))
  })
})

describe('two replicas that are sent the same key at the same time', () => {
  const replicas = () => [setting.serviceOn(), setting.serviceOn()] as const

  it('make one order, and both tell of it', async () => {
    const [one, other] = replicas()
    for (let round = 0; round < 5; round++) {
      const ask = { as: newId(), key: randomUUID(), body: wish() }
      const others = many(() => setting.place({}, other))
      const answers = await Promise.all([setting.place(ask, one), setting.place(ask, other)])
      expect(answers.map(({ status }) => status)).toEqual([201, 201])
      expect(answers[1]?.body).toEqual(answers[0]?.body)
      expect(await setting.typesOf(answers[0]?.body.id ?? '')).toEqual(['order_placed'])
      expect((await others).map(({ status }) => status)).toEqual(Array(MANY).fill(201))
    }
  })

  it('make one order of two bodies, and refuse the other', async () => {
    const [one, other] = replicas()
    const ask = { as: newId(), key: randomUUID() }
    const answers = await Promise.all([
      setting.place({ ...ask, body: wish(1) }, one),
      setting.place({ ...ask, body: wish(2) }, other),
    ])
    const [made, refused] = answers.toSorted((a, b) => a.status - b.status)
    expect(made?.status).toBe(201)
    expect(refused && refusalOf(refused)).toEqual(refusedWith('idempotency_key_reused'))
    const { body } = await setting.call('GET', '/v1/orders', { as: ask.as })
    expect(body).toMatchObject({ items: [{ id: made?.body.id }] })
  })

  it('pay an order again once', async () => {
    const [one, other] = replicas()
    const order = await setting.anOrder()
    await order.declined()
    const ask = { as: order.customer, key: randomUUID(), body: { paymentMethod: { token: 'tok_ok' } } }
    const answers = await Promise.all(
      [one, other].map((service) => setting.call('POST', `/v1/orders/${order.id}/payments`, ask, service)),
    )
    expect(answers.map(({ status }) => status)).toEqual([202, 202])
    expect(await setting.typesOf(order.id)).toEqual(['order_placed', 'order_closed', 'order_placed'])
  })
})

describe('events heard at the same time', () => {
  it('have their effect once each, though replicas are given them, and one of them twice', async () => {
    const orders = await many(() => setting.anOrder())
    const captures = orders.map(({ id, customer, paymentId }) => {
      const amount = { amount: 1000, currency: 'EUR' }
      return newEvent('payment', 'payment_captured', {
        orderId: id,
        attempt: 1,
        paymentId,
        customerId: customer,
        amount,
      })
    })
    const replica = createHandlers(setting.db, () => undefined, silent)
    await Promise.all([
      ...captures.map(setting.handlers.payment_captured),
      ...captures.slice(0, 3).map(setting.handlers.payment_captured),
      ...captures.toReversed().map(replica.payment_captured),
    ])
    for (const order of orders) {
      expect(await order.status()).toBe('paid')
      expect(await sequencesOf(order.customer)).toEqual([1, 2])
    }
  })

  it('happen to one order in the order they came', async () => {
    const order = await setting.anOrder()
    await Promise.all([order.captured(), order.refunded(300), order.refunded(700), order.stockLost()])
    expect(await order.read()).toMatchObject({ status: 'paid', refunded: { amount: 700 } })
    expect(await setting.typesOf(order.id)).toEqual(['order_placed', 'order_closed', 'refund_requested'])
  })

  it('are handled but for the one that comes too early', async () => {
    const [early, other] = [await setting.anOrder(), await setting.anOrder()]
    const outcomes = await Promise.allSettled([early.refunded(1000), other.captured()])
    expect(outcomes).toMatchObject([{ status: 'rejected', reason: { name: 'TooEarly' } }, { status: 'fulfilled' }])
    expect([await early.status(), await other.status()]).toEqual(['pending', 'paid'])
  })
})

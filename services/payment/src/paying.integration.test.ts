import { newId } from '@portico/service-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPayment } from './store/payments.ts'
import { takeDue } from './store/unsettled.ts'
import { admin, customer, eur, openSetting, placed, type Setting } from './testing/setting.ts'

let setting: Setting

beforeAll(async () => {
  setting = await openSetting()
})

afterAll(() => setting.close())

const keyOf = (orderId: string) => `${orderId}:1`
const unsettled = () => setting.store.redis.zcard(setting.store.keys.unsettled)

describe('an order that was placed', () => {
  it.each(['tok_ok', 'tok_slow'])('is paid with %s, and the provider has it so', async (token) => {
    const event = placed(token)
    const { id, orderId } = await setting.pay(event)
    const paid = { orderId, attempt: 1, paymentId: id, customerId: customer.userId, amount: eur(1000) }
    expect(await setting.paymentsOf(orderId)).toEqual([
      {
        id,
        orderId,
        attempt: 1,
        status: 'captured',
        amount: eur(1000),
        refunded: eur(0),
        createdAt: expect.any(String),
      },
    ])
    expect(await setting.said(orderId)).toMatchObject([{ type: 'payment_captured', data: paid }])
    expect(await setting.provider.ledgerOf(orderId)).toEqual([
      { key: keyOf(orderId), amount: eur(1000), refunded: eur(0) },
    ])
    expect(await unsettled()).toBe(0)
  })

  it.each([
    ['tok_declined', 'declined'],
    ['tok_insufficient_funds', 'insufficient_funds'],
    ['tok_of_nobody', 'declined'],
  ])('is not paid with %s', async (token, reason) => {
    const { orderId, status } = await setting.pay(placed(token))
    expect(status).toBe('failed')
    expect(await setting.said(orderId)).toMatchObject([{ type: 'payment_failed', data: { reason } }])
    expect(await setting.provider.ledgerOf(orderId)).toEqual([])
  })

  it('is paid once when the provider charged and did not answer', async () => {
    const { orderId, status } = await setting.pay(placed('tok_timeout_after_charge'))
    expect(status).toBe('pending')
    expect(await setting.said(orderId)).toEqual([])
    await setting.sweep()
    expect(await setting.paymentsOf(orderId)).toMatchObject([{ status: 'captured' }])
    expect(await setting.said(orderId)).toMatchObject([{ type: 'payment_captured' }])
    expect(await setting.provider.ledgerOf(orderId)).toHaveLength(1)
  })

  it('is paid once, however often and at once it is heard of', async () => {
    const event = placed()
    const { order_placed } = setting.handlers
    await Promise.all([order_placed(event), order_placed(event), order_placed({ ...event, id: newId() })])
    await order_placed(event)
    expect(await setting.paymentsOf(event.subject)).toMatchObject([{ status: 'captured' }])
    expect(await setting.said(event.subject)).toHaveLength(1)
    expect(setting.line.asked.filter((key) => key === keyOf(event.subject))).toHaveLength(1)
  })

  it('has a payment of its own for each attempt, the newest first', async () => {
    const first = await setting.pay(placed('tok_declined'))
    const { orderId } = first
    const second = await setting.pay(placed('tok_ok', 1000, 2, orderId))
    expect(second).toMatchObject({ attempt: 2, status: 'captured' })
    const page = (await setting.call('GET', `/v1/payments?orderId=${orderId}&limit=1`)).body
    expect(page.items).toEqual([second])
    const rest = `/v1/payments?orderId=${orderId}&limit=1&cursor=${page.nextCursor}`
    expect((await setting.call('GET', rest)).body).toEqual({ items: [first], nextCursor: null })
  })

  it('carries the request that caused it on to what is said of it', async () => {
    const { orderId } = await setting.pay({ ...placed(), requestid: 'request-7' })
    expect(await setting.said(orderId)).toMatchObject([{ requestid: 'request-7' }])
  })
})

describe('after a crash', () => {
  const stored = (orderId: string) => ({
    id: newId(),
    orderId,
    attempt: 1,
    customerId: customer.userId,
    status: 'pending' as const,
    amount: eur(1000),
    token: 'tok_ok',
    reserved: 0,
    refunded: 0,
    createdAt: new Date().toISOString(),
  })

  it.each([
    ['stored but not charged', async () => undefined],
    [
      'charged but not stored as such',
      (key: string) => setting.desk.provider.charge(key, eur(1000), 'tok_ok').then(() => undefined),
    ],
  ])('a payment that was %s is settled by the sweep, once', async (_, before) => {
    const payment = stored(newId())
    await createPayment(setting.store, payment, Date.now())
    await before(keyOf(payment.orderId))
    await setting.handlers.order_placed(placed('tok_ok', 1000, 1, payment.orderId))
    await setting.sweep()
    expect(await setting.paymentsOf(payment.orderId)).toMatchObject([{ id: payment.id, status: 'captured' }])
    expect(await setting.said(payment.orderId)).toHaveLength(1)
    expect(await setting.provider.ledgerOf(payment.orderId)).toHaveLength(1)
    expect(await unsettled()).toBe(0)
  })

  it('is asked about at longer and longer intervals while the provider is away', async () => {
    setting.line.cut = 3
    const { orderId } = await setting.pay()
    await setting.sweep(1.1)
    await setting.sweep(1.9)
    await setting.sweep(2.2)
    expect(await setting.paymentsOf(orderId)).toMatchObject([{ status: 'pending' }])
    await setting.sweep(4.1)
    expect(setting.line.asked.filter((key) => key === keyOf(orderId))).toHaveLength(3)
    await setting.sweep(4.3)
    expect(await setting.paymentsOf(orderId)).toMatchObject([{ status: 'captured' }])
    expect(await setting.store.redis.exists(setting.store.keys.tries)).toBe(0)
  })

  it('is given to one of two replicas that look at once', async () => {
    const payment = stored(newId())
    await createPayment(setting.store, payment, Date.now() - 1)
    const look = () => takeDue(setting.store, Date.now(), { firstMs: 6000, maxMs: 6000 }, 10)
    const taken = await Promise.all([look(), look()])
    expect(taken.flat()).toEqual([{ kind: 'payment', id: payment.id }])
    await setting.sweep()
  })
})

describe('a payment', () => {
  it('is shown to its customer and to an admin alone', async () => {
    const { id, orderId } = await setting.pay()
    const stranger = { userId: newId(), role: 'customer' } as const
    const read = async (as: typeof customer | typeof admin) =>
      (await setting.call('GET', `/v1/payments/${id}`, { as })).status
    expect([await read(customer), await read(admin), await read(stranger)]).toEqual([200, 200, 404])
    const list = await setting.call('GET', `/v1/payments?orderId=${orderId}`, { as: stranger })
    expect(list).toMatchObject({ status: 200, body: { items: [], nextCursor: null } })
    expect((await setting.call('GET', `/v1/payments/${newId()}`)).status).toBe(404)
  })
})

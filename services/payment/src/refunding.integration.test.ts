import { randomUUID } from 'node:crypto'
import type { EventOf } from '@portico/contracts'
import { newEvent, newId } from '@portico/service-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { customer, eur, openSetting, placed, type Setting } from './testing/setting.ts'

let setting: Setting

beforeAll(async () => {
  setting = await openSetting()
})

afterAll(() => setting.close())

/** The refunds that were told of; checks on the way that the provider's ledger and the books agree. */
async function refundsOf(orderId: string): Promise<EventOf<'payment_refunded'>['data'][]> {
  const events = await setting.said(orderId)
  const refunds = events.flatMap((event) => (event.type === 'payment_refunded' ? [event.data] : []))
  const [[payment], [entry]] = await Promise.all([setting.paymentsOf(orderId), setting.provider.ledgerOf(orderId)])
  const sum = refunds.reduce((total, { amount }) => total + amount.amount, 0)
  expect([payment?.amount, payment?.refunded]).toEqual([entry?.amount, entry?.refunded])
  expect(payment?.refunded).toEqual(eur(sum))
  return refunds
}

describe('a refund by an admin', () => {
  it('gives back a part, then all that is left, and says so', async () => {
    const { id, orderId } = await setting.pay()
    const part = await setting.refund(id, { amount: eur(300), reason: 'scratch' })
    expect(part).toEqual({
      status: 201,
      body: {
        id: expect.any(String),
        paymentId: id,
        amount: eur(300),
        reason: 'scratch',
        status: 'refunded',
        createdAt: expect.any(String),
      },
    })
    expect(await setting.refund(id, { reason: 'the rest' })).toMatchObject({ status: 201, body: { amount: eur(700) } })
    expect(await setting.paymentsOf(orderId)).toMatchObject([{ status: 'refunded', refunded: eur(1000) }])
    expect(await refundsOf(orderId)).toMatchObject([
      { amount: eur(300), refunded: eur(300), whole: false, restock: false, reason: 'scratch' },
      { amount: eur(700), refunded: eur(1000), whole: true, restock: false, reason: 'the rest' },
    ])
    const more = await setting.refund(id, { amount: eur(1), reason: 'more' })
    expect(more).toMatchObject({ status: 409, body: { type: 'urn:portico:problem:refund-too-large' } })
  })

  it('is never more than is left, even when many come at once', async () => {
    const { id, orderId } = await setting.pay()
    const many = Array.from({ length: 5 }, () => setting.refund(id, { amount: eur(400), reason: 'many' }))
    const statuses = (await Promise.all(many)).map(({ status }) => status)
    expect(statuses.toSorted()).toEqual([201, 201, 409, 409, 409])
    expect(await refundsOf(orderId)).toHaveLength(2)
    expect((await setting.refund(id, { amount: eur(201), reason: 'too much' })).status).toBe(409)
  })

  it.each([
    ['a part', { amount: eur(999), reason: 'x', restock: true }, 'restock'],
    ['more than all', { amount: eur(1001), reason: 'x', restock: true }, 'restock'],
    ['another currency', { amount: { amount: 5, currency: 'USD' }, reason: 'x' }, 'amount.currency'],
    ['nothing', { amount: eur(0), reason: 'x' }, 'amount.amount'],
    ['no reason', {}, 'reason'],
  ])('is refused with the field that is wrong: %s', async (_, body, field) => {
    const { id, orderId } = await setting.pay()
    expect(await setting.refund(id, body)).toMatchObject({ status: 400, body: { errors: [{ field }] } })
    expect(await refundsOf(orderId)).toEqual([])
  })

  it.each([
    ['without an amount', {}],
    ['with all of it', { amount: eur(1000) }],
  ])('puts the goods back as a whole %s', async (_, amount) => {
    const { id, orderId } = await setting.pay()
    expect((await setting.refund(id, { ...amount, reason: 'back', restock: true })).status).toBe(201)
    expect(await refundsOf(orderId)).toMatchObject([{ whole: true, restock: true }])
  })

  it('does not put the goods back when a part went back before', async () => {
    const { id } = await setting.pay()
    await setting.refund(id, { amount: eur(1), reason: 'before' })
    for (const amount of [{}, { amount: eur(1000) }]) {
      const answer = await setting.refund(id, { ...amount, reason: 'back', restock: true })
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'restock' }] } })
    }
  })

  it('is for admins, of payments that were captured', async () => {
    const { id } = await setting.pay()
    expect((await setting.refund(id, { reason: 'mine' }, randomUUID(), customer)).status).toBe(403)
    expect((await setting.refund(newId(), { reason: 'none' })).status).toBe(404)
    const failed = await setting.pay(placed('tok_declined'))
    setting.line.cut = 1
    const pending = await setting.pay()
    for (const payment of [failed, pending]) {
      const answer = await setting.refund(payment.id, { reason: 'early' })
      expect(answer).toMatchObject({ status: 409, body: { type: 'urn:portico:problem:wrong-state' } })
    }
    await setting.sweep()
  })

  it('gives back a payment of nothing as a whole', async () => {
    const { id, orderId } = await setting.pay(placed('tok_ok', 0))
    expect(await setting.refund(id, { reason: 'free' })).toMatchObject({ status: 201, body: { amount: eur(0) } })
    expect(await refundsOf(orderId)).toMatchObject([{ whole: true }])
  })

  it('is requested while the provider does not answer, and finished by the sweep', async () => {
    const { id, orderId } = await setting.pay()
    setting.line.lose = 1
    expect((await setting.refund(id, { amount: eur(400), reason: 'lost' })).body.status).toBe('requested')
    setting.line.cut = 1
    expect((await setting.refund(id, { amount: eur(600), reason: 'cut' })).body.status).toBe('requested')
    expect((await setting.refund(id, { reason: 'nothing is left' })).status).toBe(409)
    expect(await setting.paymentsOf(orderId)).toMatchObject([{ status: 'captured', refunded: eur(0) }])
    await setting.sweep()
    expect(await setting.paymentsOf(orderId)).toMatchObject([{ status: 'refunded' }])
    expect((await refundsOf(orderId)).map(({ amount }) => amount.amount).toSorted()).toEqual([400, 600])
  })
})

describe('an idempotency key', () => {
  const scratch = { amount: eur(100), reason: 'scratch' }

  it('is needed', async () => {
    const { id } = await setting.pay()
    expect(await setting.refund(id, scratch, '')).toMatchObject({
      status: 400,
      body: { type: 'urn:portico:problem:idempotency-key-missing' },
    })
  })

  it('gives the first answer again, and another body 422', async () => {
    const [one, other] = [await setting.pay(), await setting.pay()]
    const key = randomUUID()
    const first = await setting.refund(one.id, scratch, key)
    expect(await setting.refund(one.id, scratch, key)).toEqual(first)
    expect((await setting.refund(one.id, { ...scratch, reason: 'dent' }, key)).status).toBe(422)
    expect((await setting.refund(other.id, scratch, key)).status).toBe(422)
    expect(await refundsOf(one.orderId)).toHaveLength(1)
  })

  it('gives the answer of a refund that was unknown again as it was', async () => {
    const { id } = await setting.pay()
    const key = randomUUID()
    setting.line.lose = 1
    const first = await setting.refund(id, scratch, key)
    await setting.sweep()
    expect(await setting.refund(id, scratch, key)).toEqual(first)
  })

  it('is kept for 30 days, and after that still makes no second refund', async () => {
    const { id, orderId } = await setting.pay()
    const { administrator: redis, store } = setting
    const { keys } = store
    const key = randomUUID()
    const before = new Set(await redis.keys(keys.idempotency('*')))
    const first = await setting.refund(id, { amount: eur(300), reason: 'scratch' }, key)
    const records = (await redis.keys(keys.idempotency('*'))).filter((name) => !before.has(name))
    expect(records).toHaveLength(1)
    const days = (await redis.pttl(records[0] ?? '')) / (24 * 3600 * 1000)
    expect(days).toBeGreaterThan(29)
    expect(days).toBeLessThanOrEqual(30)
    await redis.del(records)
    expect(await setting.refund(id, { amount: eur(300), reason: 'scratch' }, key)).toEqual(first)
    for (const body of [
      { amount: eur(200), reason: 'scratch' },
      { amount: eur(300), reason: 'other' },
    ])
      expect((await setting.refund(id, body, key)).status).toBe(422)
    expect(await refundsOf(orderId)).toHaveLength(1)
  })

  it('is the own one of each admin', async () => {
    const { id, orderId } = await setting.pay()
    const key = randomUUID()
    await setting.refund(id, scratch, key)
    expect((await setting.refund(id, scratch, key, { userId: newId(), role: 'admin' })).status).toBe(201)
    expect(await refundsOf(orderId)).toHaveLength(2)
  })

  it('lets one of many at once do it', async () => {
    const { id, orderId } = await setting.pay()
    const key = randomUUID()
    const answers = await Promise.all(Array.from({ length: 5 }, () => setting.refund(id, scratch, key)))
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThan(0)
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true)
    expect(await refundsOf(orderId)).toHaveLength(1)
  })

  it('does not keep a refusal', async () => {
    setting.line.cut = 1
    const { id, orderId } = await setting.pay()
    const key = randomUUID()
    expect((await setting.refund(id, scratch, key)).status).toBe(409)
    await setting.sweep()
    expect((await setting.refund(id, scratch, key)).status).toBe(201)
    expect(await refundsOf(orderId)).toHaveLength(1)
  })

  it('stands with the refund: after a crash in between the same goes on with it, another body is refused', async () => {
    const [{ id, orderId }, other] = [await setting.pay(), await setting.pay()]
    const key = randomUUID()
    setting.line.crash = 1
    expect((await setting.refund(id, scratch, key)).status).toBe(500)
    expect((await setting.refund(other.id, scratch, key)).status).toBe(422)
    expect((await setting.refund(id, { ...scratch, reason: 'dent' }, key)).status).toBe(422)
    expect(await setting.refund(id, scratch, key)).toMatchObject({ status: 201, body: { status: 'refunded' } })
    expect(await refundsOf(orderId)).toHaveLength(1)
    expect(await refundsOf(other.orderId)).toEqual([])
  })
})

describe('a refund that order-service asks for', () => {
  const requested = (orderId: string, paymentId: string, amount: number | null = null) =>
    newEvent('order', 'refund_requested', {
      ...{ orderId, attempt: 1, paymentId, refundId: newId() },
      amount: amount === null ? null : eur(amount),
      reason: 'cancelled',
    })

  it('gives back all that is left, once', async () => {
    const { id, orderId } = await setting.pay()
    await setting.refund(id, { amount: eur(300), reason: 'before' })
    const event = requested(orderId, id)
    const { refund_requested } = setting.handlers
    await Promise.all([refund_requested(event), refund_requested(event)])
    await refund_requested(event)
    await refund_requested(requested(orderId, id))
    expect((await refundsOf(orderId)).slice(1)).toMatchObject([
      { refundId: event.data.refundId, amount: eur(700), whole: true, restock: false, reason: 'cancelled' },
    ])
  })

  it('gives back the amount it names', async () => {
    const { id, orderId } = await setting.pay()
    await setting.handlers.refund_requested(requested(orderId, id, 250))
    expect(await refundsOf(orderId)).toMatchObject([{ amount: eur(250), whole: false }])
  })

  it('is finished by the sweep after a crash', async () => {
    const { id, orderId } = await setting.pay()
    const event = requested(orderId, id)
    setting.line.crash = 1
    await expect(setting.handlers.refund_requested(event)).rejects.toThrow('crashed')
    await setting.handlers.refund_requested(event)
    await setting.sweep()
    expect(await refundsOf(orderId)).toMatchObject([{ refundId: event.data.refundId, whole: true }])
  })

  it('comes again later while the payment is pending, and is nothing for one that failed', async () => {
    setting.line.cut = 1
    const { id, orderId } = await setting.pay()
    const event = requested(orderId, id)
    await expect(setting.handlers.refund_requested(event)).rejects.toThrow('pending')
    await setting.sweep()
    await setting.handlers.refund_requested(event)
    expect(await refundsOf(orderId)).toHaveLength(1)
    const failed = await setting.pay(placed('tok_declined'))
    await setting.handlers.refund_requested(requested(failed.orderId, failed.id))
    expect(await setting.said(failed.orderId)).toMatchObject([{ type: 'payment_failed' }])
  })
})

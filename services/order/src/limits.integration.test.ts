import { randomUUID } from 'node:crypto'
import { newEvent, newId } from '@portico/service-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { standingsOf } from './store/standings.ts'
import { openSetting, refusalOf, refusedWith, type Setting, wish } from './testing/setting.ts'

let setting: Setting
beforeAll(async () => {
  setting = await openSetting()
})
beforeEach(() => void setting.product.calmDown())
afterAll(() => setting.close())

type Answer = Awaited<ReturnType<Setting['place']>>
const accepted = (answers: readonly Answer[]) => answers.filter(({ status }) => status < 300).length
const standingOf = async (customer: string) => (await standingsOf(setting.db, [customer], new Date())).get(customer)

const declined = ({ id, total }: Answer['body'], customerId: string, attempt = 1) =>
  setting.handlers.payment_failed(
    newEvent('payment', 'payment_failed', {
      ...{ orderId: id, attempt, paymentId: newId(), customerId, amount: total, reason: 'declined' as const },
    }),
  )
const captured = ({ id, total }: Answer['body'], customerId: string, attempt = 1) =>
  setting.handlers.payment_captured(
    newEvent('payment', 'payment_captured', {
      ...{ orderId: id, attempt, paymentId: newId(), customerId, amount: total },
    }),
  )
const cancel = ({ id }: Answer['body'], as: string) => setting.call('POST', `/v1/orders/${id}/cancellation`, { as })
const payAgain = ({ id }: Answer['body'], as: string, service?: ReturnType<Setting['serviceOn']>) => {
  const body = { paymentMethod: { token: 'tok_other' } }
  return setting.call('POST', `/v1/orders/${id}/payments`, { as, key: randomUUID(), body }, service)
}

describe('open orders of a customer', () => {
  it('are limited, until one is paid; the stock of a refused order is never held', async () => {
    const service = setting.serviceOn({ limits: { openOrders: 2 } })
    const as = newId()
    const first = await setting.place({ as }, service)
    const second = await setting.place({ as }, service)
    await declined(second.body, as)
    setting.product.calmDown()
    expect(refusalOf(await setting.place({ as }, service))).toEqual(refusedWith('too_many_open_orders'))
    expect(setting.product.says.holds).toEqual([])
    expect((await setting.place({ as: newId() }, service)).status).toBe(201)
    await captured(first.body, as)
    expect((await setting.place({ as }, service)).status).toBe(201)
  })

  it('stay within the limit when many are placed at once, in batches, over two replicas', async () => {
    const limits = { openOrders: 5 }
    const replicas = [setting.serviceOn({ limits }), setting.serviceOn({ limits })]
    const as = newId()
    const [answers, others] = await Promise.all([
      Promise.all(Array.from({ length: 30 }, (_, index) => setting.place({ as }, replicas[index % 2]))),
      Promise.all(Array.from({ length: 20 }, (_, index) => setting.place({}, replicas[index % 2]))),
    ])
    expect([accepted(answers), accepted(others)]).toEqual([5, 20])
    for (const refused of answers.filter(({ status }) => status !== 201))
      expect(refusalOf(refused)).toEqual(refusedWith('too_many_open_orders'))
    expect(await standingOf(as)).toMatchObject({ openOrders: 5, heldUnits: 10 })
  })

  it('do not count against a retry of a request that was answered', async () => {
    const service = setting.serviceOn({ limits: { openOrders: 1 } })
    const ask = { as: newId(), key: randomUUID(), body: wish() }
    const first = await setting.place(ask, service)
    expect((await setting.place(ask, service)).body).toEqual(first.body)
  })
})

describe('units that pending orders of a customer hold', () => {
  it('are limited, and given back when a payment fails', async () => {
    const service = setting.serviceOn({ limits: { heldUnits: 10 } })
    const as = newId()
    const { body: order } = await setting.place({ as, body: wish(6) }, service)
    expect(refusalOf(await setting.place({ as, body: wish(5) }, service))).toEqual(refusedWith('too_many_held_units'))
    expect((await setting.place({ as, body: wish(4) }, service)).status).toBe(201)
    await declined(order, as)
    expect((await setting.place({ as, body: wish(5) }, service)).status).toBe(201)
    expect(refusalOf(await payAgain(order, as, service))).toEqual(refusedWith('too_many_held_units'))
  })

  it('stay within the limit when many orders are placed at once over two replicas', async () => {
    const limits = { heldUnits: 10 }
    const replicas = [setting.serviceOn({ limits }), setting.serviceOn({ limits })]
    const as = newId()
    const asks = Array.from({ length: 20 }, (_, index) => setting.place({ as, body: wish(3) }, replicas[index % 2]))
    expect(accepted(await Promise.all(asks))).toBe(3)
    expect(await standingOf(as)).toMatchObject({ heldUnits: 9 })
  })

  it('are held by one process within the limit, however many requests come at once', async () => {
    const service = setting.serviceOn({ limits: { heldUnits: 10 } })
    const as = newId()
    await Promise.all(Array.from({ length: 20 }, () => setting.place({ as, body: wish(3) }, service)))
    expect(setting.product.says.holds).toHaveLength(3)
  })
})

describe('attempts to pay', () => {
  it('of one order are limited', async () => {
    const service = setting.serviceOn({ limits: { attemptsPerOrder: 2 } })
    const as = newId()
    const { body: order } = await setting.place({ as }, service)
    await declined(order, as, 1)
    expect((await payAgain(order, as, service)).status).toBe(202)
    await declined(order, as, 2)
    expect(refusalOf(await payAgain(order, as, service))).toEqual(refusedWith('no_payment_attempts_left'))
  })

  it('that led to no paid order are limited per customer and hour, also when the orders are cancelled', async () => {
    const service = setting.serviceOn({ limits: { unpaidAttemptsPerHour: 3 } })
    const as = newId()
    for (let index = 0; index < 3; index++) {
      const { body: order } = await setting.place({ as }, service)
      if (index > 0) await declined(order, as)
      await cancel(order, as)
    }
    setting.product.calmDown()
    const refused = await setting.place({ as }, service)
    expect(refusalOf(refused)).toEqual(refusedWith('too_many_attempts'))
    const seconds = Number(refused.headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(3600)
    expect(setting.product.says.holds).toEqual([])
    expect((await setting.place({}, service)).status).toBe(201)
    await setting.db
      .updateTable('status_sequences')
      .set(({ eb }) => ({ attempts_hour: eb('attempts_hour', '-', 1) }))
      .where('customer_id', '=', as)
      .execute()
    expect((await setting.place({ as }, service)).status).toBe(201)
    expect(await standingOf(as)).toMatchObject({ unpaidAttempts: 1 })
  })

  it('that led to a paid order do not count, unless it is cancelled', async () => {
    const service = setting.serviceOn({ limits: { unpaidAttemptsPerHour: 2 } })
    const as = newId()
    for (let index = 0; index < 4; index++) {
      const { body: order } = await setting.place({ as }, service)
      await captured(order, as)
    }
    expect(await standingOf(as)).toMatchObject({ unpaidAttempts: 0 })
    const order = await setting.anOrder()
    await order.captured()
    await order.cancel()
    await order.refunded()
    expect(await standingOf(order.customer)).toMatchObject({ unpaidAttempts: 1 })
  })

  it('stay within the limit when many orders are paid again at once over two replicas', async () => {
    const limits = { unpaidAttemptsPerHour: 9 }
    const replicas = [setting.serviceOn({ limits }), setting.serviceOn({ limits })]
    const as = newId()
    const orders = await Promise.all(Array.from({ length: 6 }, () => setting.place({ as }, replicas[0])))
    await Promise.all(orders.map(({ body }) => declined(body, as)))
    const answers = await Promise.all(orders.map(({ body }, index) => payAgain(body, as, replicas[index % 2])))
    expect(accepted(answers)).toBe(3)
    expect(await standingOf(as)).toEqual({ openOrders: 6, heldUnits: 6, unpaidAttempts: 9 })
  })
})

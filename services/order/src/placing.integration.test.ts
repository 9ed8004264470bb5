import { randomUUID } from 'node:crypto'
import { createLog, newId } from '@portico/service-kit'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connect } from './store/database.ts'
import { ANSWERS_KEPT_MS, forgetAnswers } from './store/idempotency.ts'
import { eur, openSetting, refusalOf, refusedWith, type Setting, wish } from './testing/setting.ts'

let setting: Setting
beforeAll(async () => {
  setting = await openSetting()
})
beforeEach(() => void setting.product.calmDown())
afterAll(() => setting.close())

const totalOf = async (id: string, as: string) => (await setting.call('GET', `/v1/orders/${id}`, { as })).body.total

describe('the price', () => {
  it('is the one of the moment of placing, whatever it was before and becomes after', async () => {
    const as = newId()
    setting.product.says.price = 700
    const { body } = await setting.place({ as })
    expect(body.total).toEqual(eur(1400))
    setting.product.says.price = 900
    expect(await totalOf(body.id, as)).toEqual(eur(1400))
    const [event] = await setting.eventsOf(body.id)
    expect(event).toMatchObject({ data: { total: eur(1400), items: [{ quantity: 2, unitPrice: eur(700) }] } })
  })

  it('stays that of the order when it is paid again', async () => {
    const order = await setting.anOrder()
    await order.declined()
    setting.product.says.price = 900
    expect((await order.payAgain()).body.total).toEqual(eur(1000))
    const last = (await setting.eventsOf(order.id)).at(-1)
    expect(last).toMatchObject({ type: 'order_placed', data: { attempt: 2, total: eur(1000) } })
  })
})

describe('a key', () => {
  it('is answered the same by another replica, and after a restart', async () => {
    const ask = { as: newId(), key: randomUUID(), body: wish() }
    const first = await setting.place(ask)
    const through = connect(setting.databaseUrl)
    try {
      const again = await setting.place(ask, setting.serviceOn({ through }))
      expect([again.status, again.body, again.headers.get('location')]).toEqual([
        201,
        first.body,
        first.headers.get('location'),
      ])
    } finally {
      await through.destroy()
    }
    expect(await setting.typesOf(first.body.id)).toEqual(['order_placed'])
  })

  it('is answered as it was first, though the order has gone on since', async () => {
    const ask = { as: newId(), key: randomUUID(), body: wish() }
    const { body } = await setting.place(ask)
    await setting.call('POST', `/v1/orders/${body.id}/cancellation`, { as: ask.as })
    expect((await setting.place(ask)).body).toEqual(body)
  })

  it('of an order is not good for a payment, nor for another order to be paid again', async () => {
    const [order, key] = [await setting.anOrder(), randomUUID()]
    await order.declined()
    await setting.place({ as: order.customer, key })
    expect(refusalOf(await order.payAgain(key))).toEqual(refusedWith('idempotency_key_reused'))
    expect(await order.status()).toBe('payment_failed')
  })

  it('that was refused is good for another body: nothing was kept', async () => {
    const ask = { as: newId(), key: randomUUID() }
    setting.product.says.refusal = 'out_of_stock'
    expect((await setting.place({ ...ask, body: wish(5) })).status).toBe(409)
    setting.product.says.refusal = undefined
    expect((await setting.place({ ...ask, body: wish(1) })).status).toBe(201)
  })

  it('is needed to pay again, too', async () => {
    const order = await setting.anOrder()
    await order.declined()
    const body = { paymentMethod: { token: 'tok_ok' } }
    const answer = await setting.call('POST', `/v1/orders/${order.id}/payments`, { as: order.customer, body })
    expect(refusalOf(answer)).toEqual(refusedWith('idempotency_key_missing'))
    expect(await setting.typesOf(order.id)).toEqual(['order_placed', 'order_closed'])
  })
})

it('costs one call of another service and one durable commit', async () => {
  const { service, sent, forget, close } = await setting.serviceSeen()
  try {
    await setting.place({}, service)
    forget()
    setting.product.calmDown()
    expect((await setting.place({}, service)).status).toBe(201)
    expect(setting.product.says.holds).toHaveLength(1)
    // Each statement comes after the byte that says it is a query (COM_QUERY, 3).
    const words = sent()
      .split('\u0003')
      .flatMap((text) => /^\s*(begin|insert|update|delete|commit)/.exec(text)?.[1] ?? [])
    expect(words[0]).toBe('begin')
    expect(words.indexOf('commit')).toBe(words.length - 1)
  } finally {
    await close()
  }
})

describe('an answer', () => {
  it('is dropped after 30 days, and a retry after that is answered with the order that was made', async () => {
    const ask = { as: newId(), key: randomUUID(), body: wish() }
    const { body: order } = await setting.place(ask)
    const kept = { as: newId(), key: randomUUID(), body: wish() }
    await setting.place(kept)
    await makeOlder(setting.db, order.id, ANSWERS_KEPT_MS)
    await forgetAnswers(setting.db)
    const bodies = await setting.db.selectFrom('idempotency').select('body').execute()
    expect(bodies.some(({ body }) => body.includes(order.id))).toBe(false)
    expect(bodies.length).toBeGreaterThan(0)
    await setting.call('POST', `/v1/orders/${order.id}/cancellation`, { as: ask.as })
    for (const refusal of ['unavailable', undefined] as const) {
      setting.product.says.refusal = refusal
      const again = await setting.place(ask)
      expect([again.status, again.body]).toEqual([201, { ...order, status: 'cancelled' }])
    }
    expect(refusalOf(await setting.place({ ...ask, body: wish(3) }))).toEqual(refusedWith('idempotency_key_reused'))
    expect(await setting.typesOf(order.id)).toEqual(['order_placed', 'order_closed'])
  })
})

/** Moves the answer that tells of an order into the past. */
const makeOlder = (db: Setting['db'], orderId: string, ms: number) =>
  db
    .updateTable('idempotency')
    .set({ created_at: new Date(Date.now() - ms - 1000) })
    .where('body', 'like', `%${orderId}%`)
    .execute()

it('logs no payment token when the database refuses what is written', async () => {
  const lines: string[] = []
  const log = createLog('order', 'debug', { write: (line) => void lines.push(line) })
  await sql`alter table outbox rename to outbox_away`.execute(setting.db)
  try {
    const body = { ...wish(), paymentMethod: { token: 'tok_of_the_log_test' } }
    const { status } = await setting.place({ body }, setting.serviceOn({ log }))
    expect(status).toBe(500)
  } finally {
    await sql`alter table outbox_away rename to outbox`.execute(setting.db)
  }
  expect(lines.join('')).toContain('ER_NO_SUCH_TABLE')
  expect(lines.join('')).not.toContain('tok_of_the_log_test')
})

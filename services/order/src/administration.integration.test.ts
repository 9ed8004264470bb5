import { randomUUID } from 'node:crypto'
import type { AuditEntry, DeadLetter, InspectedOrder, OrderSummary } from '@portico/contracts'
import { createLog, newEvent, newId } from '@portico/service-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSetting, refusalOf, refusedWith, type Setting } from './testing/setting.ts'

let setting: Setting
const adminId = newId()
const as = `admin:${adminId}`
const HOUR_MS = 3600 * 1000
const span = () => {
  const from = new Date(Date.now() - HOUR_MS).toISOString()
  return `from=${from}&to=${new Date(Date.now() + HOUR_MS).toISOString()}`
}

beforeAll(async () => {
  setting = await openSetting()
})
afterAll(() => setting.close())

const ask = async <Body>(method: string, path: string) => {
  const answer = await setting.call(method, path, { as })
  return { ...answer, body: answer.body as unknown as Body }
}
const get = <Body>(path: string) => ask<Body>('GET', path)
const idsAt = async (path: string) => {
  const { body } = await get<{ items: { id: string }[]; nextCursor: string | null }>(path)
  return { ids: body.items.map(({ id }) => id), nextCursor: body.nextCursor }
}

describe('who may', () => {
  it.each([
    ['GET', '/v1/admin/orders?limit=0'],
    ['GET', '/v1/admin/orders/no-id'],
    ['GET', '/v1/admin/orders/summary'],
    ['POST', '/v1/admin/orders/no-id/cancellation'],
    ['GET', '/v1/admin/audit?limit=0'],
    ['GET', '/v1/admin/dead-letters'],
    ['GET', '/v1/admin/dead-letters/no'],
    ['POST', '/v1/admin/dead-letters/no/replay'],
    ['DELETE', '/v1/admin/dead-letters/no'],
  ])('%s %s is decided before what was sent is looked at', async (method, path) => {
    const anonymous = await setting.serviceOn().request(path, { method })
    const customer = await setting.call(method, path)
    const admin = await setting.call(method, path, { as })
    expect([anonymous.status, customer.status, admin.status]).toEqual([401, 403, 400])
  })

  it('has no alias without the version: /admin is the panel', async () => {
    expect((await get('/admin/orders')).status).toBe(404)
  })
})

describe('the search', () => {
  it('finds orders by the beginning of their id, by customer, status and time, in pages', async () => {
    const [first, second, other] = [await setting.anOrder(), await setting.anOrder(), await setting.anOrder()]
    await second.captured()
    const found = async (query: string) => (await idsAt(`/v1/admin/orders?${query}`)).ids
    expect(await found(`q=${first.id.slice(0, 20).toUpperCase()}`)).toEqual([first.id])
    expect(await found(`q=${first.id}`)).toEqual([first.id])
    expect(await found(`q=${second.customer}`)).toEqual([second.id])
    expect(await found(`customerId=${other.customer}`)).toEqual([other.id])
    expect(await found(`status=paid&${span()}`)).toEqual([second.id])
    expect(await found('to=2020-01-01T00:00:00Z')).toEqual([])
    const page = await idsAt('/v1/admin/orders?limit=2')
    const rest = await idsAt(`/v1/admin/orders?limit=2&cursor=${page.nextCursor}`)
    expect(new Set([...page.ids, ...rest.ids])).toEqual(new Set([first.id, second.id, other.id]))
    expect(rest.nextCursor).toBeNull()
  })

  it.each(['q=%25', 'status=lost', 'from=yesterday', 'cursor=x'])('refuses %s', async (query) => {
    expect(refusalOf(await setting.call('GET', `/v1/admin/orders?${query}`, { as }))).toEqual(
      refusedWith('invalid_request'),
    )
  })
})

it('the timeline tells what happened to an order, what was said and heard of it, by which request', async () => {
  const order = await setting.anOrder()
  const { handlers } = setting
  const amount = { amount: 1000, currency: 'EUR' }
  const paid = { orderId: order.id, attempt: 1, paymentId: order.paymentId, customerId: order.customer, amount }
  const captured = newEvent('payment', 'payment_captured', paid, { requestId: 'the-request-that-paid' })
  await handlers.payment_captured(captured)
  await handlers.payment_captured(captured)
  await order.cancel()
  const { body } = await get<InspectedOrder>(`/v1/admin/orders/${order.id}`)
  expect(body).toMatchObject({ id: order.id, customerId: order.customer, attempt: 1, paymentId: order.paymentId })
  expect(body.timeline.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual([
    'event order_closed',
    'event order_placed',
    'event payment_captured',
    'event refund_requested',
    'status paid',
    'status pending',
  ])
  expect(body.timeline.map(({ at }) => at)).toEqual(body.timeline.map(({ at }) => at).sort())
  const entry = (name: string) => body.timeline.find((each) => each.name === name)
  const placed = entry('order_placed')
  expect(placed).toMatchObject({ source: 'order', attempt: 1, publishedAt: null, requestId: expect.any(String) })
  expect(entry('pending')?.requestId).toBe(placed?.requestId)
  expect(entry('payment_captured')).toMatchObject({
    ...{ source: 'payment', attempt: 1, at: captured.time, eventId: captured.id, heardAt: expect.any(String) },
    requestId: 'the-request-that-paid',
  })
  expect(entry('paid')?.requestId).toBe('the-request-that-paid')
  expect((await get(`/v1/admin/orders/${newId()}`)).status).toBe(404)
})

it('the summary counts orders per status, and per day what they earned', async () => {
  const before = (await get<OrderSummary>(`/v1/admin/orders/summary?${span()}`)).body
  const [paid, failed] = [await setting.anOrder(), await setting.anOrder()]
  await paid.captured()
  await paid.refunded(300)
  await failed.declined()
  const { body } = await get<OrderSummary>(`/v1/admin/orders/summary?${span()}`)
  expect(body.statuses.paid - before.statuses.paid).toBe(1)
  expect(body.statuses.payment_failed - before.statuses.payment_failed).toBe(1)
  const earned = ({ days }: OrderSummary) =>
    days.flatMap(({ revenue }) => revenue).reduce((sum, { amount }) => sum + amount, 0)
  expect(earned(body) - earned(before)).toBe(700)
  expect((await get('/v1/admin/orders/summary?from=2020-01-01T00:00:00Z&to=2022-01-01T00:00:00Z')).status).toBe(400)
})

describe('a cancellation by an admin', () => {
  it('is written into the log with it: who, what, before and after', async () => {
    const order = await setting.anOrder()
    const { status, body } = await ask<{ status: string }>('POST', `/v1/admin/orders/${order.id}/cancellation`)
    expect([status, body.status]).toEqual([202, 'cancelled'])
    const log = await get<{ items: AuditEntry[] }>(`/v1/admin/audit?actor=${adminId}&limit=1`)
    expect(log.body.items).toEqual([
      {
        id: expect.any(String),
        service: 'order',
        at: expect.any(String),
        actor: adminId,
        action: 'order.cancelled',
        subject: order.id,
        before: { status: 'pending', returning: false },
        after: { status: 'cancelled', returning: false },
        requestId: expect.any(String),
      },
    ])
    const again = await setting.call('POST', `/v1/admin/orders/${order.id}/cancellation`, { as })
    expect(refusalOf(again)).toEqual(refusedWith('wrong_state'))
    expect((await get<{ items: AuditEntry[] }>('/v1/admin/audit')).body.items[0]?.id).toBe(log.body.items[0]?.id)
  })
})

describe('dead letters', () => {
  async function aDeadLetter(): Promise<string> {
    const orderId = newId()
    const refused = async () => {
      throw new Error('can not be handled')
    }
    const listen = { topic: 'payment', group: 'order', types: ['payment_captured'], handle: refused } as const
    const heard = await setting.bus.subscribe(listen)
    const data = { orderId, attempt: 1, paymentId: newId(), customerId: newId() }
    const event = newEvent('payment', 'payment_captured', { ...data, amount: { amount: 1, currency: 'EUR' } })
    await setting.bus.publish('payment', [event])
    await expect.poll(() => letterOf(orderId)).toBeDefined()
    await heard.close()
    return (await letterOf(orderId))?.id ?? ''
  }
  async function letterOf(orderId: string): Promise<DeadLetter | undefined> {
    const { body } = await get<{ items: DeadLetter[] }>('/v1/admin/dead-letters?group=order&limit=100')
    return body.items.find((letter) => letter.orderId === orderId)
  }

  it('are listed and shown, replayed and dropped, each written into the log once', async () => {
    const [replayed, dropped] = [await aDeadLetter(), await aDeadLetter()]
    const { body } = await get<DeadLetter & { message: string }>(`/v1/admin/dead-letters/${replayed}`)
    expect(body).toMatchObject({ group: 'order', topic: 'payment', type: 'payment_captured', attempts: 1 })
    expect(JSON.parse(body.message).subject).toBe(body.orderId)
    const paths = [`/v1/admin/dead-letters/${replayed}/replay`, `/v1/admin/dead-letters/${dropped}`]
    const call = (method: string, path = '') =>
      setting.serviceOn().request(path, { method, headers: { authorization: `Bearer ${as}` } })
    expect((await call('POST', paths[0])).status).toBe(204)
    expect((await call('DELETE', paths[1])).status).toBe(204)
    expect((await call('DELETE', paths[1])).status).toBe(404)
    const log = await get<{ items: AuditEntry[] }>(`/v1/admin/audit?actor=${adminId}&limit=2`)
    expect(log.body.items.map(({ action, subject }) => [action, subject])).toEqual([
      ['dead_letter.dropped', dropped],
      ['dead_letter.replayed', replayed],
    ])
  })

  it.each(['order.no-such', `nobody.${randomUUID()}`])('there is none called %s', async (id) => {
    expect((await get(`/v1/admin/dead-letters/${id}`)).status).toBe(404)
  })
})

it("reports reads of a customer's orders as security events, once an hour each, and no customer's own", async () => {
  const lines: Record<string, unknown>[] = []
  const keep = (fields: Record<string, unknown>) => lines.push(fields)
  const service = setting.serviceOn({ log: Object.assign(createLog('test', 'silent'), { info: keep, warn: keep }) })
  const order = await setting.anOrder()
  for (let i = 0; i < 2; i++) {
    await setting.call('GET', `/v1/admin/orders?customerId=${order.customer}`, { as }, service)
    await setting.call('GET', `/v1/admin/orders/${order.id}`, { as }, service)
    await setting.call('GET', `/v1/orders/${order.id}`, { as }, service)
  }
  await setting.call('GET', `/v1/orders/${order.id}`, { as: order.customer }, service)
  expect(lines.filter(({ security }) => security !== undefined)).toMatchObject([
    { security: 'order.listed', actor: adminId, userId: order.customer },
    { security: 'order.read', actor: adminId, userId: order.customer, orderId: order.id },
  ])
})

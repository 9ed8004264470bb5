import type { AuditEntry, PaymentSummary } from '@portico/contracts'
import { newId } from '@portico/service-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { completeIds } from './store/payment-ids.ts'
import { admin, customer, eur, openSetting, placed, type Setting } from './testing/setting.ts'

let setting: Setting

beforeAll(async () => {
  setting = await openSetting()
})
afterAll(() => setting.close())

const DAY_MS = 24 * 3600 * 1000
const call = (method: string, path: string) => setting.call(method, path, { as: admin })
const idsAt = async (query: string) => {
  const { body } = await call('GET', `/v1/admin/payments?${query}`)
  return { ids: body.items.map(({ id }) => id), nextCursor: body.nextCursor }
}
const log = async () => (await call('GET', '/v1/admin/audit')).body.items as unknown as AuditEntry[]

describe('who may', () => {
  it.each([
    ['GET', '/v1/admin/payments?limit=0'],
    ['GET', '/v1/admin/payments/summary'],
    ['POST', '/v1/admin/payments/no-id/settlement'],
    ['GET', '/v1/admin/audit?limit=0'],
  ])('%s %s is decided before what was sent is looked at', async (method, path) => {
    const statuses = [(await setting.app.request(path, { method })).status]
    for (const as of [customer, admin]) statuses.push((await setting.call(method, path, { as })).status)
    expect(statuses).toEqual([401, 403, 400])
  })
})

describe('the search', () => {
  it('lists payments by status, the newest first, in pages, and those of one order', async () => {
    const paid = await setting.pay()
    const failed = await setting.pay(placed('tok_declined'))
    const again = await setting.pay(placed('tok_ok', 1000, 2, failed.orderId))
    const page = await idsAt('limit=2')
    expect(page.ids).toEqual([again.id, failed.id])
    expect((await idsAt(`limit=2&cursor=${page.nextCursor}`)).ids).toEqual([paid.id])
    expect((await idsAt('status=failed')).ids).toEqual([failed.id])
    expect((await idsAt(`orderId=${failed.orderId}`)).ids).toEqual([again.id, failed.id])
    expect((await idsAt(`orderId=${failed.orderId}&status=captured`)).ids).toEqual([again.id])
    await setting.refund(again.id, { reason: 'wish' })
    expect((await idsAt('status=refunded')).ids).toEqual([again.id])
    expect((await idsAt('status=captured')).ids).toEqual([paid.id])
  })

  it('finds payments that were stored before they were listed', async () => {
    const { redis, keys } = setting.store
    const { id } = await setting.pay()
    await redis.del(keys.ids(), keys.ids('captured'))
    await completeIds(setting.store)
    expect((await idsAt('status=captured')).ids).toContain(id)
    await redis.del(keys.ids())
    await completeIds(setting.store)
    expect((await idsAt('')).ids).toEqual([])
  })
})

it('the summary counts payments per day and status', async () => {
  const midnight = Math.floor(Date.now() / DAY_MS) * DAY_MS
  const at = (ms: number) => new Date(ms).toISOString()
  const path = `/v1/admin/payments/summary?from=${at(midnight - DAY_MS)}&to=${at(midnight + 2 * DAY_MS)}`
  const read = async () => (await call('GET', path)).body as unknown as PaymentSummary
  const failedIn = ({ days }: PaymentSummary) => days.reduce((sum, { counts }) => sum + counts.failed, 0)
  const before = await read()
  expect(before.days.map(({ day }) => day)).toEqual([-1, 0, 1].map((n) => at(midnight + n * DAY_MS).slice(0, 10)))
  await setting.pay(placed('tok_declined'))
  expect(failedIn(await read()) - failedIn(before)).toBe(1)
})

describe('a settlement', () => {
  it('asks the provider now, once, and is written into the log', async () => {
    const pending = await setting.pay(placed('tok_timeout_after_charge'))
    expect(pending.status).toBe('pending')
    const { status, body } = await call('POST', `/v1/admin/payments/${pending.id}/settlement`)
    expect([status, body.status]).toEqual([200, 'captured'])
    expect(await setting.provider.ledgerOf(pending.orderId)).toHaveLength(1)
    const before = { status: 'pending', returning: 0 }
    expect((await log())[0]).toMatchObject({ action: 'payment.settled', subject: pending.id, before, after: null })
    expect((await call('POST', `/v1/admin/payments/${pending.id}/settlement`)).status).toBe(409)
    expect((await call('POST', `/v1/admin/payments/${newId()}/settlement`)).status).toBe(404)
  })

  it('finishes a refund that the provider did not answer', async () => {
    const { id } = await setting.pay()
    setting.line.cut = 1
    expect((await setting.refund(id, { reason: 'wish', amount: eur(300) })).body.status).toBe('requested')
    const { body } = await call('POST', `/v1/admin/payments/${id}/settlement`)
    expect(body).toMatchObject({ status: 'captured', refunded: eur(300), returning: eur(0) })
  })
})

it('a refund is in the log with its sums, however often the request comes', async () => {
  const { id } = await setting.pay()
  await setting.refund(id, { reason: 'scratched', amount: eur(100) }, 'first')
  await setting.refund(id, { reason: 'scratched', amount: eur(100) }, 'first')
  await setting.refund(id, { reason: 'broken' }, 'second')
  await setting.refund(id, { reason: 'too much', amount: eur(1) }, 'third')
  const own = (await log()).filter(({ subject }) => subject === id)
  expect(own).toMatchObject([
    {
      service: 'payment',
      actor: admin.userId,
      action: 'payment.refunded',
      before: { refunded: eur(100) },
      after: { amount: eur(900), refunded: eur(1000), reason: 'broken' },
    },
    { before: { refunded: eur(0) }, after: { amount: eur(100), refunded: eur(100), reason: 'scratched' } },
  ])
})

it("reports reads of a customer's payments as security events, once an hour each, and no customer's own", async () => {
  const { id, orderId } = await setting.pay()
  const since = setting.lines.length
  for (let i = 0; i < 2; i++) {
    await call('GET', `/v1/admin/payments?orderId=${orderId}`)
    await call('GET', `/v1/payments?orderId=${orderId}`)
    await call('GET', `/v1/payments/${id}`)
  }
  await setting.call('GET', `/v1/payments/${id}`)
  const reads = setting.lines.slice(since).filter(({ security }) => security !== undefined)
  expect(reads).toMatchObject([
    { security: 'payment.listed', actor: admin.userId, orderId },
    { security: 'payment.read', actor: admin.userId, userId: customer.userId, orderId },
  ])
})

import { createLog, newEvent, newId } from '@portico/service-kit'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { openSetting, type Setting, wish } from './testing/setting.ts'

let setting: Setting
let lines: Record<string, unknown>[] = []
const log = createLog('order', 'info', { write: (line) => void lines.push(JSON.parse(line)) })

beforeAll(async () => {
  setting = await openSetting()
})
beforeEach(() => {
  lines = []
  setting.product.calmDown()
})
afterAll(() => setting.close())

/** The lines about an order that are no access log, without times. */
const trailOf = (orderId: string) =>
  lines
    .filter((line) => line.orderId === orderId)
    .map(({ time: _, ms: __, level: ___, service: ____, ...rest }) => rest)

it('logs each step of placing an order with its id, its attempt and the request', async () => {
  const service = setting.serviceOn({ log })
  const ask = { as: newId(), key: 'k', body: wish() }
  const { body } = await setting.place(ask, service)
  await setting.place(ask, service)
  const step = { orderId: body.id, attempt: 1, requestId: expect.any(String) }
  expect(trailOf(body.id)).toEqual([
    { ...step, msg: 'stock held' },
    { ...step, msg: 'order placed', outcome: 'applied', status: 'pending' },
    { ...step, msg: 'order placed', outcome: 'duplicate', status: 'pending' },
  ])
  const access = lines.filter(({ msg }) => msg === 'request').map(({ requestId }) => requestId)
  expect(trailOf(body.id).map(({ requestId }) => requestId)).toEqual([access[0], access[0], access[1]])
})

it('logs why an order is refused, and nothing that the customer sent', async () => {
  setting.product.says.refusal = 'out_of_stock'
  const service = setting.serviceOn({ log })
  expect((await setting.place({ as: newId() }, service)).status).toBe(409)
  expect(lines.filter(({ msg }) => msg !== 'request')).toMatchObject([
    { msg: 'stock refused', code: 'out_of_stock', orderId: expect.any(String), requestId: expect.any(String) },
    { msg: 'order refused', code: 'out_of_stock', orderId: expect.any(String), requestId: expect.any(String) },
  ])
  expect(JSON.stringify(lines)).not.toMatch(/tok_ok|productId|quantity/)
})

it('logs a cancellation with the request that asked for it', async () => {
  const order = await setting.anOrder()
  const path = `/v1/orders/${order.id}/cancellation`
  await setting.call('POST', path, { as: order.customer }, setting.serviceOn({ log }))
  const { requestId } = lines.find(({ msg }) => msg === 'request') ?? {}
  expect(trailOf(order.id)).toEqual([
    { msg: 'order cancelled', orderId: order.id, attempt: 1, requestId, status: 'cancelled' },
  ])
})

it('tells for the log what came of an event: applied, a duplicate, or of no interest', async () => {
  const order = await setting.anOrder()
  const paid = { orderId: order.id, attempt: 1, paymentId: newId(), customerId: order.customer }
  const captured = newEvent('payment', 'payment_captured', { ...paid, amount: { amount: 1000, currency: 'EUR' } })
  const lost = newEvent('product', 'stock_lost', { orderId: order.id, attempt: 9 })
  const { payment_captured, stock_lost } = setting.handlers
  expect(await payment_captured(captured)).toEqual({ outcome: 'applied', effect: 'order is paid' })
  expect(await payment_captured(captured)).toEqual({ outcome: 'duplicate' })
  expect(await stock_lost(lost)).toEqual({ outcome: 'ignored' })
})

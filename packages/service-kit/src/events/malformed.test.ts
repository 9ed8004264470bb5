import type { Event } from '@portico/contracts'
import { describe, expect, it, vi } from 'vitest'
import { newId } from '../ids.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import type { EventBus } from './bus.ts'
import { startConsumers } from './consumers.ts'
import { Handling } from './handling.ts'
import { newEvent } from './new-event.ts'

const orderId = newId()
const payment = { orderId, attempt: 1, paymentId: newId(), customerId: newId(), amount: { amount: 1, currency: 'EUR' } }
const lost = newEvent('product', 'stock_lost', { orderId, attempt: 1 })
const captured = newEvent('payment', 'payment_captured', payment)
const placed = newEvent('order', 'order_closed', { orderId, attempt: 1, reason: 'cancelled' })
const log = createLog('test', 'silent')

/** What order-service does with an event that came by the topic of product-service. */
async function heardByTopicOfProduct(event: object): Promise<{ became: string; handled: boolean }> {
  const handle = vi.fn(async () => undefined)
  const end = Promise.withResolvers<string>()
  const handling = new Handling({
    subscription: { topic: 'product', group: 'order', types: ['stock_lost'], handle },
    maxAttempts: 50,
    log,
  })
  handling.take({
    ...{ id: '1', text: JSON.stringify(event), tries: 0 },
    acknowledge: async () => end.resolve('acknowledged'),
    bury: async ({ reason }) => end.resolve(reason),
  })
  const became = await end.promise
  await handling.close()
  return { became, handled: handle.mock.calls.length > 0 }
}

describe('an event', () => {
  it('of the publisher that owns the topic is handled', async () => {
    expect(await heardByTopicOfProduct(lost)).toEqual({ became: 'acknowledged', handled: true })
  })

  it.each([
    ['whose type another service publishes', captured],
    ['whose type another service publishes, with the source of this one', { ...captured, source: '/product' }],
    ['that another service signs', { ...lost, source: '/payment' }],
    ['without a source', { ...lost, source: undefined }],
    ['whose type and source are those of its consumer', placed],
  ])('%s goes to the dead letters at once', async (_, event) => {
    const warn = vi.spyOn(log, 'warn')
    const { became, handled } = await heardByTopicOfProduct(event)
    expect([handled, became]).toEqual([false, expect.stringContaining('ForgedEvent')])
    expect(warn.mock.calls[0]?.[0]).toMatchObject({ security: 'event.forged', topic: 'product', group: 'order' })
    warn.mockRestore()
  })

  it('of a type that is not known yet is left alone', async () => {
    const event = { ...lost, type: 'stock_found' }
    expect(await heardByTopicOfProduct(event)).toEqual({ became: 'acknowledged', handled: false })
  })
})

it('refuses an event that came another way than by the bus, unless its publisher is its source', async () => {
  const bus = {
    subscribe: async () => ({ close: async () => undefined }),
    deadLetters: { count: async () => 0 },
  } as unknown as EventBus
  const heard: Event[] = []
  const handlers = { payment_captured: async (event: Event) => void heard.push(event) }
  const { handle } = await startConsumers({ service: 'order', bus, handlers, log, metrics: createMetrics('order') })
  await expect(handle({ ...captured, source: '/product' })).rejects.toMatchObject({ name: 'ForgedEvent' })
  await handle(captured)
  expect(heard).toEqual([captured])
})

import { connectEventBus, createMetrics, newId, startConsumers } from '@portico/service-kit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { chargeKeyOf } from './payments.ts'
import { findPaymentOf } from './store/payments.ts'
import { openSetting, placed, type Setting } from './testing/setting.ts'

let setting: Setting
beforeAll(async () => {
  setting = await openSetting()
})
afterAll(() => setting.close())

/** Handlers of events that a service runs at once. */
const HANDLERS = 32

function placedBy(customerId: string, token: string) {
  const event = placed(token)
  return { ...event, data: { ...event.data, customerId } }
}

const paymentOf = ({ data }: ReturnType<typeof placedBy>) => findPaymentOf(setting.store, chargeKeyOf(data))

it("does not hold up other customers' payments while many charges of one customer hang", async () => {
  const slow = newId()
  const hanging = Array.from({ length: 100 }, () => placedBy(slow, 'tok_timeout_after_charge'))
  const others = Array.from({ length: 5 }, () => placedBy(newId(), 'tok_ok'))
  const { log } = setting.desk
  const bus = await connectEventBus(process.env.REDIS_URL ?? '', log, { prefix: `test-${newId()}` })
  const metrics = createMetrics('payment')
  const consumers = await startConsumers({ service: 'payment', bus, handlers: setting.handlers, log, metrics })
  try {
    await bus.publish('order', [...hanging, ...others])
    const captured = async () => (await Promise.all(others.map(paymentOf))).every((each) => each?.status === 'captured')
    await expect.poll(captured, { timeout: 30_000 }).toBe(true)
    const keys = new Set(hanging.map(({ data }) => chargeKeyOf(data)))
    // Without a limit per customer, charges that hang would have taken all handlers before the others' turn.
    expect(setting.line.asked.filter((key) => keys.has(key)).length).toBeLessThan(HANDLERS)
    // None is lost: each is stored, for its turn or for the sweep.
    const stored = async () => (await Promise.all(hanging.map(paymentOf))).filter(Boolean).length
    await expect.poll(stored, { timeout: 30_000 }).toBe(hanging.length)
  } finally {
    await consumers.close()
    await bus.close()
  }
})

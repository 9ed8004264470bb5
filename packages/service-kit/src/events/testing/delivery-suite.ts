import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Bench, closedOrder, eventually, idsOf, someEvents } from './bench.ts'
import type { Broker } from './broker.ts'
import type { BusUnderTest } from './bus-suite.ts'

export function deliverySuite(broker: () => Broker, under: BusUnderTest): void {
  describe('while all is well', () => {
    let bench: Bench
    beforeEach(() => {
      bench = new Bench(broker().url)
    })
    afterEach(() => bench.close())

    it('gives every group every event, in the order of publishing', async () => {
      const bus = await bench.connect()
      const events = someEvents(50)
      const product = await bench.listen(bus, 'product')
      const payment = await bench.listen(bus, 'payment')
      await bus.publish('order', events)
      await eventually(() => expect([product.heard, payment.heard]).toEqual([idsOf(events), idsOf(events)]))
    })

    it('keeps what was published before a consumer came, in order', async () => {
      const bus = await bench.connect()
      const events = someEvents(20)
      await bus.publish('order', events)
      const { heard } = await bench.listen(await bench.connect())
      await eventually(() => expect(heard).toEqual(idsOf(events)))
    })

    it('gives a failed event again and does not hold up the others, however many fail', async () => {
      const bus = await bench.connect()
      const bad = someEvents(80)
      const good = someEvents(20)
      const failures = new Map(bad.map(({ id }) => [id, 2]))
      const { heard } = await bench.listen(bus, 'product', async ({ id }) => {
        const left = failures.get(id) ?? 0
        failures.set(id, left - 1)
        if (left > 0) throw new Error('not yet')
      })
      await bus.publish('order', [...bad, ...good])
      await eventually(() => expect(heard).toHaveLength(100))
      expect(heard.slice(0, 20)).toEqual(idsOf(good))
      expect(heard.toSorted()).toEqual(idsOf([...bad, ...good]).toSorted())
    })

    it('shares the events of a group among its replicas', async () => {
      const bus = await bench.connect()
      const one = await bench.listen(bus)
      const other = await bench.listen(await bench.connect())
      const events = someEvents(100)
      await bus.publish('order', events)
      await eventually(() => expect([...one.heard, ...other.heard].toSorted()).toEqual(idsOf(events).toSorted()))
    })

    it('hands over what a consumer that was closed had not finished', async () => {
      const bus = await bench.connect()
      const event = closedOrder()
      const started = Promise.withResolvers<void>()
      const first = await bench.listen(await bench.connect(), 'product', async () => {
        started.resolve()
        throw new Error('this replica is going down')
      })
      await bus.publish('order', [event])
      await started.promise
      await first.close()
      const { heard } = await bench.listen(bus)
      await eventually(() => expect(heard).toEqual([event.id]))
    })

    it('carries big events', async () => {
      const bus = await bench.connect()
      const event = closedOrder('x'.repeat(700_000))
      const heard: unknown[] = []
      await bench.listen(bus, 'product', async (given) => void heard.push(given))
      await bus.publish('order', [event])
      await eventually(() => expect(heard).toEqual([event]))
    })

    it('drops what every group has acknowledged, and nothing else', async () => {
      const bus = await bench.connect()
      const events = someEvents(300)
      await bus.publish('order', events)
      const product = await bench.listen(bus, 'product')
      await eventually(() => expect(product.heard).toHaveLength(300))
      await bus.publish('order', [closedOrder()])
      expect(await under.kept(broker().url, bench.options.prefix)).toBeGreaterThanOrEqual(300)
      const payment = await bench.listen(bus, 'payment')
      await eventually(() => expect(payment.heard).toHaveLength(301))
      expect(payment.heard.slice(0, 300)).toEqual(idsOf(events))
      await eventually(async () => {
        await bus.publish('order', [closedOrder()])
        expect(await under.kept(broker().url, bench.options.prefix)).toBeLessThan(200)
      })
    })

    it('lets a running handler end before it closes', async () => {
      const bus = await bench.connect()
      const [started, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const { heard, close } = await bench.listen(bus, 'product', () => {
        started.resolve()
        return go.promise
      })
      const event = closedOrder()
      await bus.publish('order', [event])
      await started.promise
      const closing = close()
      go.resolve()
      await closing
      expect(heard).toEqual([event.id])
    })
  })
}

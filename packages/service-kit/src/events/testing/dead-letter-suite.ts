import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EventBus } from '../bus.ts'
import { eventOf, TooOldToReplay } from '../dead-letters.ts'
import { Bench, closedOrder, eventually, someEvents } from './bench.ts'
import type { Broker } from './broker.ts'
import type { BusUnderTest } from './bus-suite.ts'

const never = async () => {
  throw new Error('never')
}

export function deadLetterSuite(broker: () => Broker, under: BusUnderTest): void {
  describe('what can not be handled', () => {
    let bench: Bench
    let bus: EventBus
    beforeEach(async () => {
      bench = new Bench(broker().url)
      bus = await bench.connect()
    })
    afterEach(() => bench.close())

    const listed = async (group = 'product') => (await bus.deadLetters.list(group, { limit: 100 })).items
    const buriedOnes = (count: number) =>
      eventually(async () => {
        const letters = await listed()
        expect(letters).toHaveLength(count)
        return letters
      })

    it('goes to the dead letters of its group with reason, tries and time, and is told', async () => {
      const event = closedOrder()
      let buried = 0
      await bench.listen(bus, 'product', never, () => {
        buried += 1
      })
      const payment = await bench.listen(bus, 'payment')
      await bus.publish('order', [event])
      const [letter] = await buriedOnes(1)
      expect(letter).toMatchObject({ group: 'product', topic: 'order', attempts: 4 })
      expect(letter?.reason).toContain('never')
      expect(Math.abs(Date.now() - Date.parse(letter?.at ?? ''))).toBeLessThan(60_000)
      expect(letter && eventOf(letter)).toEqual(event)
      expect(await bus.deadLetters.get(letter?.id ?? '')).toEqual(letter)
      await eventually(() => expect([buried, payment.heard]).toEqual([1, [event.id]]))
      expect([await bus.deadLetters.count('product'), await bus.deadLetters.count('payment')]).toEqual([1, 0])
    })

    it('holds up nothing when it is not even an event, and is dead at once', async () => {
      await bus.publish('order', [])
      const { heard } = await bench.listen(bus)
      const event = closedOrder()
      await bus.publish('order', [event])
      await under.putRaw(broker().url, bench.options.prefix, 'no event {')
      const [letter] = await buriedOnes(1)
      expect(letter).toMatchObject({ text: 'no event {', attempts: 1, topic: 'order' })
      await eventually(() => expect(heard).toEqual([event.id]))
    })

    it('is replayed for its group alone, once, however many ask for it at the same time', async () => {
      const event = closedOrder()
      let mended = false
      const product = await bench.listen(bus, 'product', async () => {
        if (!mended) throw new Error('not mended')
      })
      const payment = await bench.listen(bus, 'payment')
      await bus.publish('order', [event])
      const [letter] = await buriedOnes(1)
      mended = true
      const others = await Promise.all([bench.connect(), bench.connect()])
      const asked = [bus, ...others].map((each) => each.deadLetters.replay(letter?.id ?? ''))
      expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(1)
      await eventually(() => expect(product.heard).toEqual([event.id]))
      expect(await listed()).toEqual([])
      expect(await bus.deadLetters.replay(letter?.id ?? '')).toBe(false)
      expect([product.heard, payment.heard]).toEqual([[event.id], [event.id]])
    })

    it('is dead again when its cause is not mended, and heard when its consumer comes later', async () => {
      const event = closedOrder()
      const first = await bench.listen(bus, 'product', never)
      await bus.publish('order', [event])
      const [letter] = await buriedOnes(1)
      expect(await bus.deadLetters.replay(letter?.id ?? '')).toBe(true)
      const again = await eventually(async () => {
        const [other] = await listed()
        expect(other && other.id !== letter?.id).toBe(true)
        return other
      })
      await first.close()
      expect(await bus.deadLetters.replay(again?.id ?? '')).toBe(true)
      const { heard } = await bench.listen(bus)
      await eventually(() => expect(heard).toEqual([event.id]))
    })

    it('is dropped for good, once', async () => {
      await bench.listen(bus, 'product', never)
      await bus.publish('order', [closedOrder()])
      const [letter] = await buriedOnes(1)
      expect(await bus.deadLetters.drop(letter?.id ?? '')).toBe(true)
      expect(await bus.deadLetters.drop(letter?.id ?? '')).toBe(false)
      expect(await bus.deadLetters.get(letter?.id ?? '')).toBeUndefined()
      expect(await bus.deadLetters.count('product')).toBe(0)
    })

    it('is listed by pages, oldest first', async () => {
      await bench.listen(bus, 'product', never)
      await bus.publish('order', someEvents(5))
      const all = (await buriedOnes(5)).map(({ id }) => id)
      const first = await bus.deadLetters.list('product', { limit: 3 })
      const second = await bus.deadLetters.list('product', { limit: 3, cursor: first.nextCursor ?? '' })
      expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(all)
      expect(second.nextCursor).toBeNull()
    })

    it('is not replayed when the inbox may have forgotten it', async () => {
      await bench.listen(bus, 'product', never)
      const long = new Date(Date.now() - 31 * 24 * 3600 * 1000).toISOString()
      await bus.publish('order', [{ ...closedOrder(), time: long }])
      const [letter] = await buriedOnes(1)
      await expect(bus.deadLetters.replay(letter?.id ?? '')).rejects.toThrow(TooOldToReplay)
      expect(await listed()).toHaveLength(1)
    })

    it('has no letters by ids that are none', async () => {
      for (const id of [
        '',
        'product',
        'product.',
        'product.99',
        'product.99-0',
        '../x.1-1',
        'Product.1-1',
        'payment.1',
      ]) {
        expect(await bus.deadLetters.get(id)).toBeUndefined()
        expect([await bus.deadLetters.replay(id), await bus.deadLetters.drop(id)]).toEqual([false, false])
      }
      expect(await bus.deadLetters.list('product', { limit: 10 })).toEqual({ items: [], nextCursor: null })
    })
  })
}

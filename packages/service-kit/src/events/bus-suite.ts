import type { Event } from '@portico/contracts'
import { expect, it, vi } from 'vitest'
import { newId } from '../ids.ts'
import type { Closable, EventBus } from './bus.ts'
import { newEvent } from './new-event.ts'

/** What a test needs of an adapter besides the port. */
export interface BusUnderTest {
  /** A bus on fresh, empty topics; every call gives another connection to the same ones. */
  connect(): EventBus
  deadLetters(group: string): Promise<{ event: Event; reason: string }[]>
}

const closedOrder = () => newEvent('order', 'order_closed', { orderId: newId(), attempt: 1, reason: 'cancelled' })

/** The promises of the bus port; every adapter passes the same suite. */
export function busSuite(setUp: () => Promise<BusUnderTest>): void {
  const using = async (
    work: (bus: EventBus, under: BusUnderTest, keep: <T extends Closable>(closable: T) => T) => Promise<void>,
  ) => {
    const under = await setUp()
    const closables: Closable[] = []
    const keep = <T extends Closable>(closable: T): T => {
      closables.unshift(closable)
      return closable
    }
    try {
      await work(keep(under.connect()), under, keep)
    } finally {
      for (const each of closables) await each.close()
    }
  }
  const types = ['order_closed'] as const

  it('gives every group every event, in the order of publishing', () =>
    using(async (bus, _, keep) => {
      const events = Array.from({ length: 50 }, closedOrder)
      const heard: Record<string, string[]> = { product: [], payment: [] }
      for (const group of ['product', 'payment']) {
        keep(
          await bus.subscribe({
            topic: 'order',
            group,
            types,
            handle: async (event) => void heard[group]?.push(event.id),
          }),
        )
      }
      await bus.publish('order', events)
      const ids = events.map((event) => event.id)
      await vi.waitFor(() => expect(heard).toEqual({ product: ids, payment: ids }), 5000)
    }))

  it('keeps what was published before a consumer came', () =>
    using(async (bus, _, keep) => {
      const event = closedOrder()
      await bus.publish('order', [event])
      const heard: string[] = []
      keep(
        await bus.subscribe({ topic: 'order', group: 'product', types, handle: async ({ id }) => void heard.push(id) }),
      )
      await vi.waitFor(() => expect(heard).toEqual([event.id]), 5000)
    }))

  it('gives a failed event again and does not hold up the others', () =>
    using(async (bus, _, keep) => {
      const [bad, good] = [closedOrder(), closedOrder()]
      const handled: string[] = []
      let failures = 0
      const handle = async (event: Event) => {
        if (event.id === bad.id && failures++ < 2) throw new Error('not yet')
        handled.push(event.id)
      }
      keep(await bus.subscribe({ topic: 'order', group: 'product', types, handle }))
      await bus.publish('order', [bad, good])
      await vi.waitFor(() => expect(handled).toEqual([good.id, bad.id]), 5000)
    }))

  it('puts an event that keeps failing into the dead letters of its group, with the reason', () =>
    using(async (bus, under, keep) => {
      const event = closedOrder()
      const handle = async () => {
        throw new Error('never')
      }
      keep(await bus.subscribe({ topic: 'order', group: 'product', types, handle }))
      await bus.publish('order', [event])
      await vi.waitFor(async () => {
        const dead = await under.deadLetters('product')
        expect(dead).toEqual([{ event, reason: expect.stringContaining('never') }])
      }, 10_000)
    }))

  it('hands over what a consumer that went away had not finished', () =>
    using(async (bus, under, keep) => {
      const event = closedOrder()
      const other = keep(under.connect())
      const started = Promise.withResolvers<void>()
      const first = await other.subscribe({
        topic: 'order',
        group: 'product',
        types,
        handle: async () => {
          started.resolve()
          throw new Error('this replica is going down')
        },
      })
      await bus.publish('order', [event])
      await started.promise
      await first.close()
      const heard: string[] = []
      keep(
        await bus.subscribe({ topic: 'order', group: 'product', types, handle: async ({ id }) => void heard.push(id) }),
      )
      await vi.waitFor(() => expect(heard).toEqual([event.id]), 10_000)
    }))

  it('shares the events of a group among its replicas', () =>
    using(async (bus, _, keep) => {
      const events = Array.from({ length: 100 }, closedOrder)
      const heard: string[] = []
      for (let replica = 0; replica < 2; replica++) {
        keep(
          await bus.subscribe({
            topic: 'order',
            group: 'product',
            types,
            handle: async ({ id }) => void heard.push(id),
          }),
        )
      }
      await bus.publish('order', events)
      await vi.waitFor(() => expect(heard.toSorted()).toEqual(events.map(({ id }) => id).toSorted()), 5000)
    }))
}

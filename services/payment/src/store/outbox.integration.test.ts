import { randomUUID } from 'node:crypto'
import type { Event } from '@portico/contracts'
import { newEvent, newId } from '@portico/service-kit'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openStore, type Store } from './connection.ts'
import { createOutbox } from './outbox.ts'

let store: Store

beforeEach(() => {
  store = openStore(process.env.REDIS_URL ?? '', `test-${randomUUID()}:`)
})

afterEach(async () => {
  await store.redis.del(store.keys.outbox, store.keys.relayLock)
  store.redis.disconnect()
})

async function write(count: number): Promise<string[]> {
  const ids: string[] = []
  for (let i = 0; i < count; i++) {
    const event = newEvent('order', 'order_closed', { orderId: newId(), attempt: 1, reason: 'cancelled' })
    await store.redis.xadd(store.keys.outbox, '*', 'event', JSON.stringify(event))
    ids.push(event.id)
  }
  return ids
}

const idsOf = (events: readonly Event[]) => events.map(({ id }) => id)

it('hands over the oldest first and forgets what was taken', async () => {
  const ids = await write(5)
  const outbox = createOutbox(store)
  const taken: string[] = []
  const take = async (events: readonly Event[]) => void taken.push(...idsOf(events))
  expect([await outbox.drain(3, take), await outbox.drain(3, take), await outbox.drain(3, take)]).toEqual([3, 2, 0])
  expect(taken).toEqual(ids)
  expect(await outbox.depth()).toEqual({ waiting: 0, oldestAt: undefined })
})

it('keeps what the bus did not take, and knows since when', async () => {
  const ids = await write(2)
  const outbox = createOutbox(store)
  await expect(outbox.drain(10, () => Promise.reject(new Error('the bus is down')))).rejects.toThrow('down')
  const { waiting, oldestAt } = await outbox.depth()
  expect([waiting, Math.abs(Date.now() - (oldestAt ?? 0)) < 60_000]).toEqual([2, true])
  let taken: string[] = []
  await outbox.drain(10, async (events) => {
    taken = idsOf(events)
  })
  expect(taken).toEqual(ids)
})

it('works for one relay at a time', async () => {
  await write(1)
  const [one, other] = [createOutbox(store), createOutbox(store)]
  let second = -1
  await one.drain(10, async () => {
    second = await other.drain(10, () => Promise.reject(new Error('two at once')))
  })
  expect(second).toBe(0)
})

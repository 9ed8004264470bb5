// Measures the bus of an address through its adapter, as services use it, and prints what it found as JSON:
//   node measure.ts URL EVENTS
// The relay publishes up to 200 events together; a handler here does nothing, so that the bus alone is measured.
import { randomBytes } from 'node:crypto'
import type { Event } from '@portico/contracts'
import { newId } from '../../ids.ts'
import { createLog } from '../../log.ts'
import { connectEventBus } from '../connect.ts'
import { newEvent } from '../new-event.ts'

const BATCH = 200

const [url = '', count = '2000'] = process.argv.slice(2)
const total = Number(count)
const bus = await connectEventBus(url, createLog('bench', 'silent'), {
  prefix: `bench-${randomBytes(4).toString('hex')}`,
})
const make = (): Event => newEvent('order', 'order_closed', { orderId: newId(), attempt: 1, reason: 'cancelled' }, {})
const some = (howMany: number) => Array.from({ length: howMany }, make)

const heardAt = new Map<string, number>()
let heard = Promise.withResolvers<void>()
let expected = Number.POSITIVE_INFINITY
const listen = () =>
  bus.subscribe({
    topic: 'order',
    group: 'product',
    types: ['order_closed'],
    handle: async ({ id }) => {
      heardAt.set(id, performance.now())
      if (heardAt.size >= expected) heard.resolve()
    },
  })

const perSecond = (howMany: number, startedAt: number) => Math.round((howMany * 1000) / (performance.now() - startedAt))

// What is made at first, and the code of the adapter when it is new, are not measured.
await bus.publish('order', some(BATCH))

const singly = Math.ceil(total / 10)
let startedAt = performance.now()
for (const event of some(singly)) await bus.publish('order', [event])
const publishedSingly = perSecond(singly, startedAt)

startedAt = performance.now()
for (let left = total; left > 0; left -= BATCH) await bus.publish('order', some(Math.min(BATCH, left)))
const publishedTogether = perSecond(total, startedAt)

expected = BATCH + singly + total
startedAt = performance.now()
const consumer = await listen()
await heard.promise
const consumed = perSecond(expected, startedAt)

const latencies: number[] = []
for (const event of some(singly)) {
  heard = Promise.withResolvers()
  expected = heardAt.size + 1
  startedAt = performance.now()
  await bus.publish('order', [event])
  await heard.promise
  latencies.push((heardAt.get(event.id) ?? Number.NaN) - startedAt)
}
await consumer.close()
await bus.close()

const sorted = latencies.toSorted((a, b) => a - b)
const quantile = (share: number) => Number((sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(2))
const latencyMs = { median: quantile(0.5), p99: quantile(0.99) }
console.log(JSON.stringify({ publishedSingly, publishedTogether, consumed, latencyMs }))

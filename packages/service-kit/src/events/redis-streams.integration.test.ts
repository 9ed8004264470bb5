import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { createLog } from '../log.ts'
import { busSuite } from './bus-suite.ts'
import { newEvent } from './new-event.ts'
import { connectRedisStreams, deadLettersOf, streamOf, trimAcknowledged } from './redis-streams.ts'

const url = process.env.REDIS_URL ?? ''
const redis = new Redis(url)
const prefixes: string[] = []
const freshPrefix = () => {
  const prefix = `test-${randomUUID()}:`
  prefixes.push(prefix)
  return prefix
}

afterAll(async () => {
  for (const prefix of prefixes) {
    const keys = await redis.keys(`${prefix}*`)
    if (keys.length > 0) await redis.del(keys)
  }
  redis.disconnect()
})

describe('the bus on Redis Streams', () => {
  busSuite(async () => {
    const prefix = freshPrefix()
    return {
      connect: () =>
        connectRedisStreams(url, createLog('test', 'silent'), { prefix, claimAfterMs: 500, maxAttempts: 4 }),
      deadLetters: async (group) => {
        const entries = await redis.xrange(deadLettersOf(prefix, group), '-', '+')
        return entries.map(([, fields]) => ({
          event: JSON.parse(fields[fields.indexOf('event') + 1] ?? ''),
          reason: fields[fields.indexOf('reason') + 1] ?? '',
        }))
      },
    }
  })

  it('trims only what every group has acknowledged', async () => {
    const prefix = freshPrefix()
    const stream = streamOf(prefix, 'order')
    const bus = connectRedisStreams(url, createLog('test', 'silent'), { prefix })
    const events = Array.from({ length: 300 }, () =>
      newEvent('order', 'order_closed', { orderId: randomUUID(), attempt: 1, reason: 'cancelled' }),
    )
    await bus.publish('order', events)
    const read = async (group: string, count: number) => {
      const answer = (await redis.xreadgroup('GROUP', group, 'c', 'COUNT', count, 'STREAMS', stream, '>')) as [
        string,
        [string, string[]][],
      ][]
      const ids = answer[0]?.[1].map(([id]) => id) ?? []
      await redis.xack(stream, group, ...ids)
    }
    await read('product', 300)
    await trimAcknowledged(redis, stream)
    expect(await redis.xlen(stream)).toBe(300)
    await read('payment', 250)
    await trimAcknowledged(redis, stream)
    const left = await redis.xlen(stream)
    expect(left).toBeLessThan(300)
    expect(left).toBeGreaterThanOrEqual(50)
    await bus.close()
  })
})

import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type EventOf, type EventType, type Topic, topics } from '@portico/contracts'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../ids.ts'
import { createLog } from '../../log.ts'
import type { Closable, EventBus } from '../bus.ts'
import { newEvent } from '../new-event.ts'
import { Broker, type BrokerKind, programOf } from '../testing/broker.ts'
import { connectRedisStreams } from './bus.ts'

const log = createLog('test', 'silent')
const passwordOf = (service: string) => `the password of ${service}`
const services = Object.keys(topics) as Topic[]
const consumers = services.flatMap((topic) =>
  Object.keys(topics[topic].consumers).map((group) => [topic, group] as const),
)
const type = { order: 'order_closed', product: 'stock_lost', payment: 'payment_captured' } as const
const forbidden = /NOPERM/

const kind: BrokerKind = {
  async command({ folder, port }) {
    const users = (await readFile(join(import.meta.dirname, 'users.conf'), 'utf8')).replace(
      /HASH_OF_(\w+)/g,
      (_, name) => createHash('sha256').update(passwordOf(name.toLowerCase())).digest('hex'),
    )
    const file = join(folder, 'redis.conf')
    const settings = `bind 127.0.0.1\nport ${port}\nrequirepass ${'admin'}\ndir "${folder}"\nappendonly yes\nsave ""\n`
    await writeFile(file, settings + users)
    return [programOf('PORTICO_REDIS_SERVER', 'redis-server'), [file]]
  },
  url: ({ port }) => `redis://:admin@127.0.0.1:${port}`,
  async ping(url) {
    const redis = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: () => null })
    redis.on('error', () => undefined)
    await redis.ping().finally(() => redis.disconnect())
  },
}

let broker: Broker
const opened: Closable[] = []
beforeAll(async () => {
  broker = await Broker.start(kind)
})
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close()
})
afterAll(() => broker?.remove())

const urlOf = (service: string) => {
  const url = new URL(broker.url)
  url.username = service
  url.password = passwordOf(service)
  return url.href
}

function busOf(service: string): EventBus {
  const bus = connectRedisStreams(urlOf(service), log, { maxAttempts: 1, trimEveryMs: 0 })
  opened.push(bus)
  return bus
}

function redisOf(service: string): Redis {
  const redis = new Redis(urlOf(service), { maxRetriesPerRequest: 1 })
  opened.push({ close: async () => redis.disconnect() })
  return redis
}

/** One event of a topic, as its publisher makes it. */
const eventOf = (topic: Topic) =>
  newEvent<EventType>(topic, type[topic], { orderId: newId(), attempt: 1 } as EventOf<EventType>['data'])

async function listen(topic: Topic, group: string, handle: (id: string) => Promise<void>): Promise<void> {
  const bus = busOf(group)
  opened.push(await bus.subscribe({ topic, group, types: [type[topic]], handle: ({ id }) => handle(id) }))
}

describe('the users of the bus', () => {
  it.each(consumers)('let %s publish for %s, which hears it', async (topic, group) => {
    const heard: string[] = []
    await listen(topic, group, async (id) => void heard.push(id))
    const event = eventOf(topic)
    await busOf(topic).publish(topic, [event])
    await expect.poll(() => heard).toContain(event.id)
  })

  it.each(consumers)(
    'let the dead letters of topic %s that %s has be counted, replayed and dropped',
    async (topic, group) => {
      let mended = false
      const heard: string[] = []
      await listen(topic, group, async (id) => {
        if (!mended) throw new Error('not now')
        heard.push(id)
      })
      const [first, second] = [eventOf(topic), eventOf(topic)]
      await busOf(topic).publish(topic, [first, second])
      const { deadLetters } = busOf('order')
      const letterOf = async ({ id }: { id: string }) =>
        (await deadLetters.list(group, { limit: 100 })).items.find(({ text }) => text.includes(id))
      await expect.poll(() => letterOf(first)).toBeDefined()
      await expect.poll(() => letterOf(second)).toBeDefined()
      expect(await busOf(group).deadLetters.count(group)).toBeGreaterThanOrEqual(2)
      mended = true
      expect(await deadLetters.replay((await letterOf(first))?.id ?? '')).toBe(true)
      await expect.poll(() => heard).toContain(first.id)
      expect(await deadLetters.drop((await letterOf(second))?.id ?? '')).toBe(true)
      expect(await letterOf(second)).toBeUndefined()
    },
  )

  it('let nobody publish for another service', async () => {
    for (const service of services) {
      for (const topic of services.filter((each) => each !== service)) {
        await expect(busOf(service).publish(topic, [eventOf(topic)])).rejects.toThrow(forbidden)
        await expect(redisOf(service).xadd(`portico:events:${topic}`, '*', 'event', '{}')).rejects.toThrow(forbidden)
      }
    }
  })

  it('let a service read the topics that it hears, and take nothing out of them', async () => {
    for (const service of services) {
      const redis = redisOf(service)
      for (const topic of services) {
        const stream = `portico:events:${topic}`
        const heard = service in topics[topic].consumers
        const read = redis.xreadgroup('GROUP', service, 'me', 'COUNT', 1, 'STREAMS', stream, '0')
        if (heard) await read
        else await expect(read).rejects.toThrow(forbidden)
        if (topic !== service) await expect(redis.xtrim(stream, 'MAXLEN', 0)).rejects.toThrow(forbidden)
        for (const taken of [redis.xdel(stream, '1-1'), redis.del(stream), redis.xgroup('DESTROY', stream, 'order')])
          await expect(taken).rejects.toThrow(forbidden)
      }
    }
  })

  it('keep dead letters and replays from other services, but for order-service, which looks after them', async () => {
    for (const [service, other] of [
      ['product', 'payment'],
      ['payment', 'product'],
      ['product', 'order'],
    ] as const) {
      const redis = redisOf(service)
      await expect(redis.xrange(`portico:dead:${other}`, '-', '+')).rejects.toThrow(forbidden)
      await expect(redis.xadd(`portico:dead:${other}`, '*', 'event', '{}')).rejects.toThrow(forbidden)
      await expect(redis.xadd(`portico:replays:order:${service}`, '*', 'event', '{}')).rejects.toThrow(forbidden)
      await expect(redis.xadd(`portico:replays:order:${other}`, '*', 'event', '{}')).rejects.toThrow(forbidden)
    }
  })

  it('give nobody the commands of an administrator', async () => {
    for (const service of services) {
      const redis = redisOf(service)
      const asked = [
        redis.flushall(),
        redis.config('GET', '*'),
        redis.acl('LIST'),
        redis.keys('*'),
        redis.get('portico'),
      ]
      for (const each of asked) await expect(each).rejects.toThrow(forbidden)
      await expect(redis.eval("return redis.call('del', KEYS[1])", 1, `portico:dead:${service}`)).rejects.toThrow()
    }
  })
})

import { topics } from '@portico/contracts'
import type { Redis } from 'ioredis'
import { readRedis } from '../redis.ts'
import type { BusEvidence } from './bus.ts'

const streamOf = (topic: string) => `portico:events:${topic}`

/** Redis Streams, which keep what was published until the relay trims it. */
export const redisBus: BusEvidence = {
  hasSteps: true,
  begin: async () => undefined,
  unfinished: readBus,
  duplicate: duplicateEvents,
}

function readBus(url: string): Promise<string[]> {
  return readRedis(url, async (redis) => {
    const groups = await Promise.all(Object.keys(topics).map((topic) => undelivered(redis, topic)))
    const services = [...new Set(Object.values(topics).flatMap(({ consumers }) => Object.keys(consumers)))]
    const dead = await Promise.all(services.map((service) => givenUp(redis, service)))
    return [...groups.flat(), ...dead.flat()]
  })
}

async function undelivered(redis: Redis, topic: string): Promise<string[]> {
  if ((await redis.exists(streamOf(topic))) === 0) return []
  const groups = (await redis.xinfo('GROUPS', streamOf(topic))) as unknown[][]
  return groups.flatMap((fields) => {
    const value = (name: string) => fields[fields.indexOf(name) + 1]
    const left = Number(value('pending')) + Number(value('lag') ?? 0)
    return left > 0 ? [`${left} events of topic ${topic} are undelivered to ${value('name')}`] : []
  })
}

async function givenUp(redis: Redis, service: string): Promise<string[]> {
  const entries = await redis.xrange(`portico:dead:${service}`, '-', '+', 'COUNT', 5)
  return entries.map(([, fields]) => `${service} gave up an event: ${fields.join(' ').slice(0, 400)}`)
}

function duplicateEvents(url: string, count: number): Promise<number> {
  return readRedis(url, async (redis) => {
    let published = 0
    for (const topic of Object.keys(topics)) {
      const entries = await redis.xrevrange(streamOf(topic), '+', '-', 'COUNT', count)
      for (const [, fields] of entries) await redis.xadd(streamOf(topic), '*', ...fields)
      published += entries.length
    }
    return published
  })
}

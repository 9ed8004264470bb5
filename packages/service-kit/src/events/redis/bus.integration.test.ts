import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { Broker, type BrokerKind, programOf } from '../testing/broker.ts'
import { busSuite } from '../testing/bus-suite.ts'
import { busKeys } from './keys.ts'

const using = async <T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> => {
  const redis = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: () => null })
  redis.on('error', () => undefined)
  return work(redis).finally(() => redis.disconnect())
}

const kind: BrokerKind = {
  async command({ folder, port }) {
    const file = join(folder, 'redis.conf')
    const settings = `bind 127.0.0.1\nport ${port}\ndir "${folder}"\nappendonly yes\nappendfsync always\nsave ""\n`
    await writeFile(file, settings)
    return [programOf('PORTICO_REDIS_SERVER', 'redis-server'), [file]]
  },
  url: ({ port }) => `redis://127.0.0.1:${port}`,
  ping: (url) => using(url, async (redis) => void (await redis.ping())),
}

busSuite('the bus on Redis Streams', {
  start: () => Broker.start(kind),
  putRaw: (url, prefix, text) =>
    using(url, async (redis) => void (await redis.xadd(busKeys(prefix).stream('order'), '*', 'event', text))),
  kept: (url, prefix) => using(url, (redis) => redis.xlen(busKeys(prefix).stream('order'))),
})

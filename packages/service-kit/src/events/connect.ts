import type { Log } from '../log.ts'
import type { EventBus } from './bus.ts'
import { connectRedisStreams } from './redis-streams.ts'

/** The scheme of EVENT_BUS_URL names no adapter. */
export class UnknownBus extends Error {
  override readonly name = 'UnknownBus'
}

/** Opens the bus that the address names by its scheme; Redis Streams for `redis:` and `rediss:`. */
export function connectEventBus(url: string, log: Log): EventBus {
  const { protocol } = new URL(url)
  switch (protocol) {
    case 'redis:':
    case 'rediss:':
      return connectRedisStreams(url, log)
    default:
      throw new UnknownBus(`EVENT_BUS_URL starts with ${protocol} but must start with redis: or rediss:`)
  }
}

import { randomUUID } from 'node:crypto'
import type { Event } from '@portico/contracts'
import type { Outbox } from '@portico/service-kit'
import type { Store } from './connection.ts'

/** Longer than publishing a batch takes; a dead relay's lock ends by itself. */
const LOCK_MS = 15_000

/** The outbox stream, written by the scripts; what is on the bus is deleted. */
export function createOutbox({ redis, keys }: Store): Outbox {
  return {
    drain: async (limit, publish) => {
      const word = randomUUID()
      if ((await redis.set(keys.relayLock, word, 'PX', LOCK_MS, 'NX')) !== 'OK') return 0
      try {
        const entries = await redis.xrange(keys.outbox, '-', '+', 'COUNT', limit)
        if (entries.length === 0) return 0
        await publish(entries.map(([, fields]) => JSON.parse(fields[1] ?? '') as Event))
        await redis.xdel(keys.outbox, ...entries.map(([id]) => id))
        return entries.length
      } finally {
        await redis.releaseLock(keys.relayLock, word)
      }
    },
    depth: async () => {
      const [waiting, first] = await Promise.all([
        redis.xlen(keys.outbox),
        redis.xrange(keys.outbox, '-', '+', 'COUNT', 1),
      ])
      const oldest = first[0]?.[0].split('-')[0]
      return { waiting, oldestAt: oldest === undefined ? undefined : Number(oldest) }
    },
  }
}

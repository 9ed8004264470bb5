import type { Event } from '@portico/contracts'
import type { Redis } from 'ioredis'
import type { Outbox } from '../outbox.ts'
import { HANDLED_KEPT_MS } from './kept.ts'
import { whileLeased } from './lease.ts'

/**
 * Two functions for a service's own Lua scripts. Redis runs one script at a time and logs it as a whole, so what a
 * script writes beside them is written with them or not at all. A script must look before it writes: what it has
 * written before an error of its own stays.
 *
 * - `append_event(outbox, event)`: an event (JSON) into the outbox, a stream.
 * - `claim_event(claimed)`: takes an event by the key that `claimedKey` gives; false when it was handled before.
 */
export const messageFunctions = `
local function append_event(outbox, event)
  redis.call('xadd', outbox, '*', 'event', event)
end
local function claim_event(claimed)
  return redis.call('set', claimed, '1', 'NX', 'PX', ${HANDLED_KEPT_MS}) ~= false
end
`

/** The text of a script that may use the message functions. */
export const withMessages = (lua: string): string => `${messageFunctions}${lua}`

/** The key by which a script claims an event; it ends by itself after 30 days. */
export const claimedKey = (prefix: string, eventId: string): string => `${prefix}inbox:${eventId}`

export interface RedisOutboxKeys {
  /** The stream that the scripts append to. */
  readonly outbox: string
  readonly relayLock: string
}

/** A dead relay's lock ends by itself after so long; a living one renews it. */
const LOCK_MS = 10_000

const RENEW = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0`
const RELEASE = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`

/** The outbox that the relay drains; what is on the bus is deleted from it. */
export function createOutbox(redis: Redis, keys: RedisOutboxKeys, lockMs = LOCK_MS): Outbox {
  const lease = {
    lastsMs: lockMs,
    take: async (holder: string) => (await redis.set(keys.relayLock, holder, 'PX', lockMs, 'NX')) === 'OK',
    renew: async (holder: string) => (await redis.eval(RENEW, 1, keys.relayLock, holder, lockMs)) === 1,
    release: async (holder: string) => void (await redis.eval(RELEASE, 1, keys.relayLock, holder)),
  }
  return {
    drain: async (limit, publish) =>
      (await whileLeased(lease, async () => {
        const entries = await redis.xrange(keys.outbox, '-', '+', 'COUNT', limit)
        if (entries.length === 0) return 0
        await publish(entries.map(([, fields]) => JSON.parse(fields[1] ?? '') as Event))
        await redis.xdel(keys.outbox, ...entries.map(([id]) => id))
        return entries.length
      })) ?? 0,
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

import { randomUUID } from 'node:crypto'
import type { Event } from '@portico/contracts'
import type { ClientContext, Redis, Result } from 'ioredis'
import type { Outbox } from '../outbox.ts'
import { HANDLED_KEPT_MS } from './kept.ts'
import { whileRenewed } from './lease.ts'

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

/**
 * What the relay does, each in one round trip and, where it writes, one sync of the disk.
 *
 * - `takeWaiting`: the lock, if it is free and anything waits, with what waits longest.
 * - `markPublished`: drops what is on the bus, and gives the lock back.
 */
const scripts = {
  takeWaiting: `
    if redis.call('xlen', KEYS[2]) == 0 then return {} end
    if not redis.call('set', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return {} end
    return redis.call('xrange', KEYS[2], '-', '+', 'COUNT', ARGV[3])`,
  markPublished: `
    redis.call('xdel', KEYS[2], unpack(ARGV, 2))
    if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end`,
}
const RENEW = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0`
const RELEASE = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`

declare module 'ioredis' {
  interface RedisCommander<Context extends ClientContext = { type: 'default' }> {
    takeWaiting(lock: string, outbox: string, holder: string, ms: number, limit: number): Result<Entry[], Context>
    markPublished(lock: string, outbox: string, holder: string, ...ids: string[]): Result<null, Context>
  }
}

type Entry = [id: string, fields: string[]]

/** The outbox that the relay drains; what is on the bus is deleted from it. */
export function createOutbox(redis: Redis, keys: RedisOutboxKeys, lockMs = LOCK_MS): Outbox {
  for (const [name, lua] of Object.entries(scripts)) redis.defineCommand(name, { lua, numberOfKeys: 2 })
  const { outbox, relayLock } = keys
  const lease = {
    lastsMs: lockMs,
    renew: async (holder: string) => (await redis.eval(RENEW, 1, relayLock, holder, lockMs)) === 1,
  }
  return {
    drain: async (limit, publish) => {
      const holder = randomUUID()
      const entries = await redis.takeWaiting(relayLock, outbox, holder, lockMs, limit)
      if (entries.length === 0) return 0
      try {
        const events = entries.map(([, fields]) => JSON.parse(fields[1] ?? '') as Event)
        await whileRenewed(lease, holder, () => publish(events))
        await redis.markPublished(relayLock, outbox, holder, ...entries.map(([id]) => id))
        return entries.length
      } catch (error) {
        // The lock ends by itself where this fails; the first error says more.
        await redis.eval(RELEASE, 1, relayLock, holder).catch(() => undefined)
        throw error
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

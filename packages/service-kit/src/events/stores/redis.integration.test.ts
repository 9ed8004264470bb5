import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, describe } from 'vitest'
import { inboxSuite } from './inbox-suite.ts'
import { outboxSuite } from './outbox-suite.ts'
import { claimedKey, createOutbox, withMessages } from './redis.ts'

const url = process.env.REDIS_URL ?? ''
const redis = new Redis(url)
afterAll(() => redis.disconnect())

const removeAll = async (prefix: string) => {
  const keys = await redis.keys(`${prefix}*`)
  if (keys.length > 0) await redis.del(keys)
}

// Looks before it writes, as every script must.
const WRITE = withMessages(`
if ARGV[3] == 'fails' then return redis.error_reply('refused') end
redis.call('rpush', KEYS[1], ARGV[1])
append_event(KEYS[2], ARGV[2])
return 1`)

const HANDLE = withMessages(`
if ARGV[1] == 'fails' then return redis.error_reply('refused') end
if not claim_event(KEYS[1]) then return 0 end
redis.call('incr', KEYS[2])
return 1`)

describe('the outbox in Redis', () => {
  outboxSuite(async () => {
    const prefix = `test-${randomUUID()}:`
    const keys = { outbox: `${prefix}outbox`, relayLock: `${prefix}lock` }
    return {
      replica: () => createOutbox(redis, keys, 2000),
      write: async (cause, event, fails) => {
        const values = [cause, JSON.stringify(event), fails ? 'fails' : '']
        await redis.eval(WRITE, 2, `${prefix}causes`, keys.outbox, ...values)
      },
      causes: () => redis.lrange(`${prefix}causes`, 0, -1),
      holder: ['redis', url, prefix],
      close: () => removeAll(prefix),
    }
  })
})

describe('the inbox in Redis', () => {
  inboxSuite(async () => {
    const prefix = `test-${randomUUID()}:`
    return {
      handle: async (eventId, fails) =>
        (await redis.eval(HANDLE, 2, claimedKey(prefix, eventId), `${prefix}counter`, fails ? 'fails' : '')) === 1,
      counted: async () => Number(await redis.get(`${prefix}counter`)),
      close: () => removeAll(prefix),
    }
  })
})

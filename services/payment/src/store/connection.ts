import { readFileSync } from 'node:fs'
import { withMessages } from '@portico/service-kit/redis'
import { type ClientContext, Redis, type Result } from 'ioredis'
import { type Keys, keysBelow } from './keys.ts'

export interface Store {
  readonly redis: Redis
  readonly keys: Keys
}

type Argument = string | number

declare module 'ioredis' {
  interface RedisCommander<Context extends ClientContext = { type: 'default' }> {
    createPayment(...keysAndArguments: Argument[]): Result<number, Context>
    settlePayment(...keysAndArguments: Argument[]): Result<number, Context>
    /** The number of keys comes first. */
    reserveRefund(...keysAndArguments: Argument[]): Result<string, Context>
    finishRefund(...keysAndArguments: Argument[]): Result<number, Context>
    takeDue(...keysAndArguments: Argument[]): Result<string[], Context>
    releaseLock(...keysAndArguments: Argument[]): Result<number, Context>
  }
}

const script = (name: string, numberOfKeys?: number) => ({
  lua: withMessages(readFileSync(new URL(`scripts/${name}.lua`, import.meta.url), 'utf8')),
  ...(numberOfKeys !== undefined && { numberOfKeys }),
})

/**
 * The writes that must be all or nothing. Redis runs one script at a time, so each looks at a state and changes it in
 * one step, together with what the outbox is to say of it.
 */
const scripts = {
  createPayment: script('create-payment', 6),
  settlePayment: script('settle-payment', 6),
  reserveRefund: script('reserve-refund'),
  finishRefund: script('finish-refund', 7),
  takeDue: script('take-due', 2),
  releaseLock: script('release-lock', 1),
}

/** Connects; the Redis must run with `appendonly yes` and `appendfsync always`. */
export function openStore(url: string, prefix = 'portico:'): Store {
  const redis = new Redis(url, {
    scripts,
    // What is asked in one turn of the event loop goes out in one piece, and is written to Redis' disk at once.
    enableAutoPipelining: true,
    maxRetriesPerRequest: 2,
    connectTimeout: 2000,
    commandTimeout: 5000,
    // A line can die without a word: what waits for its answers would wait for the next one's too.
    socketTimeout: 4000,
    retryStrategy: (times) => Math.min(times * 50, 1000),
  })
  // Commands fail with the connection; the event says nothing more.
  redis.on('error', () => undefined)
  return { redis, keys: keysBelow(prefix) }
}

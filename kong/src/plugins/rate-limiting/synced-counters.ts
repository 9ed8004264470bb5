import type { Log } from '../../exchange.ts'
import { LocalCounters } from './local-counters.ts'
import type { RedisCounters } from './redis-counters.ts'
import { type Period, windowStart } from './windows.ts'

/** What was counted here and Redis does not know of yet. */
interface Delta {
  readonly period: Period
  readonly now: number
  readonly key: string
  value: number
}

/** So many counters wait for Redis at most; what is counted beyond stays in this process. */
const MAX_DELTAS = 100_000

/**
 * Counters in this process that are told to Redis, and put right by it, every so many seconds: requests don't wait for
 * Redis, and several gateways may together let a few more through than the limit says.
 */
export class SyncedCounters {
  readonly #redis: RedisCounters
  readonly #rate: number
  readonly #log: Log
  readonly #local = new LocalCounters()
  #deltas = new Map<string, Delta>()
  #scheduled = false

  /** @param rate seconds */
  constructor(redis: RedisCounters, rate: number, log: Log) {
    this.#redis = redis
    this.#rate = rate
    this.#log = log
  }

  get(period: Period, now: number, key: string): number {
    return this.#local.get(period, now, key)
  }

  add(period: Period, now: number, key: string, value = 1): number {
    const name = `${period}:${windowStart(period, now)}:${key}`
    const delta = this.#deltas.get(name)
    if (delta) delta.value += value
    else if (this.#deltas.size < MAX_DELTAS) this.#deltas.set(name, { period, now, key, value })
    this.#schedule()
    return this.#local.add(period, now, key, value)
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setTimeout(() => {
      this.#scheduled = false
      void this.sync()
    }, this.#rate * 1000).unref()
  }

  /** Tells Redis, and takes over what all gateways together have counted. A failure is tried again the next time. */
  async sync(): Promise<void> {
    const deltas = [...this.#deltas]
    this.#deltas = new Map()
    const outcomes = await Promise.allSettled(deltas.map(([name, delta]) => this.#tell(name, delta)))
    const failed = outcomes.filter((outcome) => outcome.status === 'rejected')
    if (failed.length === 0) return
    this.#log.error('counters could not be told to Redis', {
      counters: failed.length,
      error: String(failed[0]?.reason),
    })
    this.#schedule()
  }

  async #tell(name: string, delta: Delta): Promise<void> {
    const { period, now, key, value } = delta
    try {
      const total = await this.#redis.add(period, now, key, value)
      const since = this.#deltas.get(name)?.value ?? 0
      this.#local.add(period, now, key, total + since - this.#local.get(period, now, key))
    } catch (error) {
      const later = this.#deltas.get(name)
      if (later) later.value += value
      else if (this.#deltas.size < MAX_DELTAS) this.#deltas.set(name, delta)
      throw error
    }
  }
}

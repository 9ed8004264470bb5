import type { RedisClient } from '../redis/client.ts'
import { LENGTHS, type Period, windowStart } from './windows.ts'

/** Counters in Redis, under Kong's own names, so that gateways of both kinds can share them. */
export class RedisCounters {
  readonly #client: RedisClient

  constructor(client: RedisClient) {
    this.#client = client
  }

  async get(period: Period, now: number, key: string): Promise<number> {
    const connection = await this.#client.connected()
    return Number((await connection.get(nameOf(period, now, key))) ?? 0)
  }

  async add(period: Period, now: number, key: string, value = 1): Promise<number> {
    const connection = await this.#client.connected()
    const name = nameOf(period, now, key)
    const count = await connection.incrby(name, value)
    if (count === value) await connection.expire(name, LENGTHS[period])
    return count
  }
}

function nameOf(period: Period, now: number, key: string): string {
  return `ratelimit:${key}:${windowStart(period, now)}:${period}`
}

import type { Worker } from '../../exchange.ts'
import type { Maybe } from '../plugin.ts'
import { redisClient } from '../redis/client.ts'
import type { RedisSettings } from '../redis/settings.ts'
import { LocalCounters } from './local-counters.ts'
import { RedisCounters } from './redis-counters.ts'
import type { Period } from './windows.ts'

/** Counts in windows of time, here or in Redis. `now` in milliseconds says which window is meant. */
export interface Counters {
  get(period: Period, now: number, key: string): Maybe<number>
  /** Adds to a count; what it is then. */
  add(period: Period, now: number, key: string, value?: number): Maybe<number>
}

/** The counters of a plugin under one policy. They live as long as the gateway. */
export function countersFor(worker: Worker, policy: string | null, redis: RedisSettings, plugin: string): Counters {
  if (policy !== 'redis') return worker.state(plugin, () => new LocalCounters())
  const client = redisClient(worker, redis)
  return worker.state(`${plugin} ${client.name}`, () => new RedisCounters(client))
}

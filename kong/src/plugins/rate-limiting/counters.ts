import type { Worker } from '../../exchange.ts'
import { redisClient } from '../redis/client.ts'
import type { RedisSettings } from '../redis/settings.ts'
import { LocalCounters } from './local-counters.ts'
import { RedisCounters } from './redis-counters.ts'
import { SyncedCounters } from './synced-counters.ts'

/** Counts in windows of time; those in Redis are the only ones that must be waited for. */
export type Counters = LocalCounters | SyncedCounters | RedisCounters

export interface CounterChoice {
  readonly policy: string | null
  readonly redis: RedisSettings
  /** Seconds between two exchanges with Redis; without it, or -1, every request asks Redis. */
  readonly sync_rate?: number
}

/** The counters of a plugin under one policy. They live as long as the gateway. */
export function countersFor(worker: Worker, plugin: string, { policy, redis, sync_rate }: CounterChoice): Counters {
  if (policy !== 'redis') return worker.state(plugin, () => new LocalCounters())
  const client = redisClient(worker, redis)
  const shared = worker.state(`${plugin} ${client.name}`, () => new RedisCounters(client))
  if (sync_rate === undefined || sync_rate <= 0) return shared
  const name = `${plugin} ${client.name} every ${sync_rate} s`
  return worker.state(name, () => new SyncedCounters(shared, sync_rate, worker.log))
}

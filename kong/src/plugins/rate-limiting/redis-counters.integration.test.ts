import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, expect, it } from 'vitest'
import { RedisClient } from '../redis/client.ts'
import type { RedisSettings } from '../redis/settings.ts'
import { RedisCounters } from './redis-counters.ts'
import { SyncedCounters } from './synced-counters.ts'

const url = new URL(process.env.REDIS_URL ?? '')
const settings: RedisSettings = {
  host: url.hostname,
  port: Number(url.port || 6379),
  timeout: 2000,
  username: decodeURIComponent(url.username) || null,
  password: decodeURIComponent(url.password) || null,
  database: Number(url.pathname.slice(1) || 0),
  ssl: false,
  ssl_verify: false,
  server_name: null,
}

const key = `test-${randomUUID()}`
const now = Date.UTC(2026, 0, 1, 12, 0, 30)
const redis = new Redis(url.href)
afterAll(async () => {
  await redis.del(`ratelimit:${key}:${Date.UTC(2026, 0, 1, 12)}:minute`)
  await redis.quit()
})

it('counts under the names that Kong uses, and lets the count end with its window', async () => {
  const counters = new RedisCounters(new RedisClient(settings))
  expect(await counters.get('minute', now, key)).toBe(0)
  expect([await counters.add('minute', now, key), await counters.add('minute', now, key, 2)]).toEqual([1, 3])
  const name = `ratelimit:${key}:${Date.UTC(2026, 0, 1, 12)}:minute`
  expect(await redis.get(name)).toBe('3')
  expect(await redis.ttl(name)).toBeGreaterThan(50)
  expect(await counters.get('minute', now + 60_000, key)).toBe(0)
})

it('fails within its timeout where there is no Redis', async () => {
  const counters = new RedisCounters(new RedisClient({ ...settings, port: 1 }))
  await expect(counters.add('minute', now, key)).rejects.toThrow()
  await expect(counters.add('minute', now, key)).rejects.toThrow()
})

it('tells Redis now and then, and takes over what another gateway counted', async () => {
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  const [one, other] = [1, 2].map(() => new SyncedCounters(new RedisCounters(new RedisClient(settings)), 60, silent))
  const later = now + 60_000
  one?.add('minute', later, key, 2)
  other?.add('minute', later, key, 3)
  expect(one?.get('minute', later, key)).toBe(2)
  await one?.sync()
  await other?.sync()
  expect(other?.get('minute', later, key)).toBe(5)
  await redis.del(`ratelimit:${key}:${later - 30_000}:minute`)
})

import { Redis } from 'ioredis'

/** Reads with a connection of its own. */
export async function readRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1, connectTimeout: 3000, commandTimeout: 20_000 })
  redis.on('error', () => undefined)
  try {
    return await work(redis)
  } finally {
    redis.disconnect()
  }
}

export async function keysLike(redis: Redis, pattern: string): Promise<string[]> {
  const keys: string[] = []
  for await (const some of redis.scanStream({ match: pattern, count: 1000 })) keys.push(...(some as string[]))
  return [...new Set(keys)]
}

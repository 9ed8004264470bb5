import { type Topic, topics } from '@portico/contracts'
import { Redis } from 'ioredis'
import type { Log } from '../../log.ts'
import { type BusOptions, busDefaults, type EventBus } from '../bus.ts'
import { startRedisConsumer } from './consumer.ts'
import { redisDeadLetters } from './dead-letters.ts'
import { busKeys } from './keys.ts'

/**
 * The bus on Redis Streams: a stream a topic, a consumer group a service. The Redis must run with `appendonly yes` and
 * `appendfsync always`, since a published event is deleted from its outbox.
 */
export function connectRedisStreams(url: string, log: Log, options: BusOptions = {}): EventBus {
  const { prefix, takeOverAfterMs, maxAttempts, trimEveryMs } = { ...busDefaults, ...options }
  const open = () => connect(url, log)
  const redis = open()
  const keys = busKeys(prefix)
  const grouped = new Set<Topic>()
  const trimmedAt = new Map<Topic, number>()
  redis.on('close', () => grouped.clear())

  const ensureGroups = async (topic: Topic) => {
    if (grouped.has(topic)) return
    for (const group of Object.keys(topics[topic].consumers)) await createGroup(redis, keys.stream(topic), group)
    grouped.add(topic)
  }

  return {
    async publish(topic, events) {
      if (events.length === 0) return
      await ensureGroups(topic)
      const stream = keys.stream(topic)
      const pipeline = redis.pipeline()
      for (const event of events) pipeline.xadd(stream, '*', 'event', JSON.stringify(event))
      for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error
      if (Date.now() - (trimmedAt.get(topic) ?? 0) < trimEveryMs) return
      trimmedAt.set(topic, Date.now())
      await trimAcknowledged(redis, stream).catch((error) => log.warn({ err: error, stream }, 'could not trim'))
    },
    async subscribe(subscription) {
      return startRedisConsumer({
        keys,
        subscription,
        open,
        ensureGroup: createGroup,
        takeOverAfterMs,
        maxAttempts,
        log,
      })
    },
    deadLetters: redisDeadLetters(redis, keys),
    async ping() {
      await redis.ping()
    },
    async close() {
      redis.disconnect()
    },
  }
}

function connect(url: string, log: Log): Redis {
  const redis = new Redis(url, {
    maxRetriesPerRequest: 1,
    connectTimeout: 2000,
    commandTimeout: 5000,
    // A line can die without a word: one that answers nothing for so long is given up for a new one. Reads block for a second.
    socketTimeout: 4000,
    retryStrategy: (times) => Math.min(times * 50, 1000),
  })
  redis.on('error', (error) => log.debug({ err: error }, 'event bus connection'))
  return redis
}

/** Makes a group that starts at the stream's beginning, where it is not there yet. */
async function createGroup(redis: Redis, stream: string, group: string): Promise<void> {
  try {
    await redis.xgroup('CREATE', stream, group, '0', 'MKSTREAM')
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error
  }
}

/** Drops what every group has acknowledged, and nothing else. */
export async function trimAcknowledged(redis: Redis, stream: string): Promise<void> {
  const groups = (await redis.xinfo('GROUPS', stream)) as unknown[][]
  const oldestNeeded: string[] = []
  for (const fields of groups) {
    const group = Object.fromEntries(pairs(fields))
    const pending =
      Number(group.pending) > 0 ? ((await redis.xpending(stream, String(group.name))) as unknown[]) : undefined
    oldestNeeded.push(String(pending?.[1] ?? group['last-delivered-id']))
  }
  const first = oldestNeeded.sort(byStreamId)[0]
  if (first && first !== '0-0') await redis.xtrim(stream, 'MINID', '~', first)
}

function* pairs(fields: readonly unknown[]): Generator<[string, unknown]> {
  for (let i = 0; i < fields.length; i += 2) yield [String(fields[i]), fields[i + 1]]
}

function byStreamId(a: string, b: string): number {
  const [aTime = 0, aCount = 0] = a.split('-').map(Number)
  const [bTime = 0, bCount = 0] = b.split('-').map(Number)
  return aTime - bTime || aCount - bCount
}

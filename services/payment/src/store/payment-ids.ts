import type { PaymentStatus, PaymentSummary } from '@portico/contracts'
import { firstIdAt } from '@portico/service-kit'
import type { StoredPayment } from '../payments.ts'
import type { Store } from './connection.ts'

const statuses: readonly PaymentStatus[] = ['pending', 'captured', 'failed', 'refunded']
const DAY_MS = 24 * 3600 * 1000
const SCAN_COUNT = 500

/** One page of all payments, or of those of a status, the newest first. `before`: the last of the page before. */
export async function listByTime(
  { redis, keys }: Store,
  { status, before, limit }: { status?: PaymentStatus | undefined; before?: string | undefined; limit: number },
): Promise<StoredPayment[]> {
  const below = before === undefined ? '+' : `(${before}`
  const ids = await redis.zrange(keys.ids(status), below, '-', 'BYLEX', 'REV', 'LIMIT', 0, limit)
  if (ids.length === 0) return []
  const texts = await redis.mget(ids.map(keys.payment))
  return texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as StoredPayment]))
}

/** How many payments of each status were begun in a time span, per day of UTC. */
export async function countPerDay({ redis, keys }: Store, from: number, to: number): Promise<PaymentSummary['days']> {
  const days: number[] = []
  for (let at = from; at < to; at = Math.floor(at / DAY_MS) * DAY_MS + DAY_MS) days.push(at)
  const pipeline = redis.pipeline()
  for (const [index, at] of days.entries()) {
    const range = [`[${firstIdAt(at)}`, `(${firstIdAt(days[index + 1] ?? to)}`] as const
    for (const status of statuses) pipeline.zlexcount(keys.ids(status), ...range)
  }
  const counts = ((await pipeline.exec()) ?? []).map(([error, count]) => {
    if (error) throw error
    return Number(count)
  })
  return days.map((at, index) => {
    const own = counts.slice(index * statuses.length)
    const entries = statuses.map((status, place) => [status, own[place] ?? 0])
    const day = new Date(at).toISOString().slice(0, 10)
    return { day, counts: Object.fromEntries(entries) as PaymentSummary['days'][number]['counts'] }
  })
}

/** Puts payments that were stored before there were sets of ids into them, once; what is there already stays. */
export async function completeIds({ redis, keys }: Store): Promise<void> {
  if (await redis.exists(keys.idsComplete)) return
  for await (const names of redis.scanStream({ match: keys.payment('*'), count: SCAN_COUNT })) {
    for (const name of names as string[]) {
      const text = await redis.get(name)
      if (text === null) continue
      const { id, status } = JSON.parse(text) as StoredPayment
      await redis.multi().zadd(keys.ids(), 0, id).zadd(keys.ids(status), 0, id).exec()
    }
  }
  await redis.set(keys.idsComplete, '1')
}

import type { Redis } from 'ioredis'
import type { Evidence, PaymentRow, RefundRow } from './evidence.ts'
import { keysLike, readRedis } from './redis.ts'

interface Stored {
  readonly id: string
  readonly amount: { readonly amount: number }
}

/** What payment-service's Redis says. */
export function readPayments(url: string): Promise<Pick<Evidence, 'payments' | 'refunds' | 'unfinished'>> {
  return readRedis(url, async (redis) => {
    const [waiting, unsettled] = await Promise.all([redis.xlen('portico:outbox'), redis.zcard('portico:unsettled')])
    return {
      payments: (await readAll(redis, 'portico:payment:*')).map(flat) as unknown as PaymentRow[],
      refunds: (await readAll(redis, 'portico:refund:*')).map(flat) as unknown as RefundRow[],
      unfinished: [
        ...(waiting > 0 ? [`${waiting} events wait in payment-service's outbox`] : []),
        ...(unsettled > 0 ? [`${unsettled} payments or refunds are unsettled`] : []),
      ],
    }
  })
}

const flat = (stored: Stored) => ({ ...stored, amount: stored.amount.amount })

async function readAll(redis: Redis, pattern: string): Promise<Stored[]> {
  const keys = await keysLike(redis, pattern)
  if (keys.length === 0) return []
  return (await redis.mget(keys)).flatMap((text) => (text === null ? [] : [JSON.parse(text) as Stored]))
}

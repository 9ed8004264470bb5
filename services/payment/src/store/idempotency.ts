import { createHash, randomUUID } from 'node:crypto'
import { AppError } from '@portico/service-kit'
import type { Store } from './connection.ts'

/** A request that must have its effect once: who asks, with which key, for what. */
export interface KeyedRequest {
  readonly caller: string
  readonly key: string
  readonly body: unknown
}

/** What a request with a key goes on with. */
export interface Claim {
  /** Name of its record; the script that has the effect writes `body` and `refund` there in the same step. */
  readonly record: string
  readonly bodyHash: string
  /** The refund that this request made before it broke off. */
  readonly refundId: string | undefined
}

/** Longer than a request takes; that of a crashed one ends by itself. */
const RUNNING_MS = 30_000

const hash = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')

/**
 * Answers a request with what was answered under its key before, or does it. Refusals are not kept; a record stays as
 * long as the refund it is of.
 * @throws AppError idempotency_key_reused with another body, request_in_progress while the same is running
 */
export async function once<Answer>(
  { redis, keys }: Store,
  request: KeyedRequest,
  work: (claim: Claim) => Promise<Answer>,
): Promise<Answer> {
  const scope = hash([request.caller, request.key])
  const [record, running] = [keys.idempotency(scope), keys.running(scope)]
  const bodyHash = hash(request.body)
  const word = randomUUID()
  if ((await redis.set(running, word, 'PX', RUNNING_MS, 'NX')) !== 'OK') throw new AppError('request_in_progress')
  try {
    const [body, refund, kept] = await redis.hmget(record, 'body', 'refund', 'answer')
    if (body && body !== bodyHash) throw new AppError('idempotency_key_reused')
    if (kept) return JSON.parse(kept) as Answer
    const answer = await work({ record, bodyHash, refundId: refund ?? undefined })
    await redis.hsetnx(record, 'answer', JSON.stringify(answer))
    return answer
  } finally {
    await redis.releaseLock(running, word)
  }
}

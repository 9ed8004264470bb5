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
  /** For how long that script keeps the record. */
  readonly keptMs: number
  /** The refund that this request made before it broke off. */
  readonly refundId: string | undefined
}

/** How long an answer is kept. The refund's id is derived from the key, so a later retry still makes no second refund. */
export const ANSWERS_KEPT_MS = 30 * 24 * 3600 * 1000

/** Longer than a request takes; that of a crashed one ends by itself. */
const RUNNING_MS = 30_000

const hash = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')

/**
 * Answers a request with what was answered under its key in the last 30 days, or does it. Refusals are not kept.
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
    const answer = await work({ record, bodyHash, keptMs: ANSWERS_KEPT_MS, refundId: refund ?? undefined })
    // The script's record may have expired: what is kept is whole, and expires, all the same.
    const keeping = redis.multi().hsetnx(record, 'body', bodyHash).hsetnx(record, 'answer', JSON.stringify(answer))
    await keeping.pexpire(record, ANSWERS_KEPT_MS).exec()
    return answer
  } finally {
    await redis.releaseLock(running, word)
  }
}

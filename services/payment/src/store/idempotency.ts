import { createHash, randomUUID } from 'node:crypto'
import { AppError } from '@portico/service-kit'
import type { Store } from './payments.ts'
import { release } from './scripts.ts'

/** A request that must have its effect once: who asks, with which key, for what. */
export interface KeyedRequest {
  readonly caller: string
  readonly key: string
  readonly body: unknown
}

/** Longer than a request takes; that of a crashed one ends by itself. */
const RUNNING_MS = 30_000
const KEPT_SECONDS = 7 * 24 * 3600

const hash = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')

/**
 * Answers a request with what was answered under its key before, or does it. Refusals are not kept. `work` must have
 * its effect once under `scope` by itself, so that a crash before the answer is kept does not do it twice.
 * @throws AppError idempotency_key_reused with another body, request_in_progress while the same is running
 */
export async function once<Answer>(
  { redis, keys }: Store,
  request: KeyedRequest,
  work: (scope: string) => Promise<Answer>,
): Promise<Answer> {
  const scope = hash([request.caller, request.key])
  const bodyHash = hash(request.body)
  const word = randomUUID()
  if ((await redis.set(keys.running(scope), word, 'PX', RUNNING_MS, 'NX')) !== 'OK')
    throw new AppError('request_in_progress')
  try {
    const [keptHash, keptAnswer] = await redis.hmget(keys.idempotency(scope), 'body', 'answer')
    if (typeof keptHash === 'string' && keptHash !== bodyHash) throw new AppError('idempotency_key_reused')
    if (typeof keptAnswer === 'string') return JSON.parse(keptAnswer) as Answer
    const answer = await work(scope)
    await redis
      .multi()
      .hset(keys.idempotency(scope), { body: bodyHash, answer: JSON.stringify(answer) })
      .expire(keys.idempotency(scope), KEPT_SECONDS)
      .exec()
    return answer
  } finally {
    await redis.eval(release, 1, keys.running(scope), word)
  }
}

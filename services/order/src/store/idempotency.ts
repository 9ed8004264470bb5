import { createHash } from 'node:crypto'
import { AppError } from '@portico/service-kit'
import { whileLocked } from '@portico/service-kit/mysql'
import type { Db, Tx } from './database.ts'

export interface StoredAnswer {
  readonly status: number
  readonly body: unknown
}

/** A request that must have its effect once: who asks, with which key, for what. */
export interface KeyedRequest {
  readonly operation: string
  readonly caller: string
  readonly key: string
  readonly body: unknown
}

const hash = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')

/** A request that waited longer for a connection is refused: its caller has likely gone, and more wait behind it. */
const WAIT_MS = 3000

/**
 * Answers a request with what was answered under its key before, or does it. `work` gets `remember`, to be called in
 * the transaction of the effect. Refusals are not kept: they are looked at anew.
 * @throws AppError idempotency_key_reused with another body, request_in_progress while the same is running, unavailable
 * where too many wait
 */
export async function once<Answer extends StoredAnswer>(
  db: Db,
  request: KeyedRequest,
  work: (db: Db, remember: (tx: Tx, answer: Answer) => Promise<void>) => Promise<Answer>,
): Promise<Answer> {
  const scope = hash([request.caller, request.key])
  const bodyHash = hash([request.operation, request.body])
  const askedAt = performance.now()
  const answer = await whileLocked(db, scope, async (connection) => {
    if (performance.now() - askedAt > WAIT_MS) throw new AppError('unavailable', 'Too many requests are waiting.')
    const kept = await connection.selectFrom('idempotency').selectAll().where('scope', '=', scope).executeTakeFirst()
    if (kept && kept.body_hash !== bodyHash) throw new AppError('idempotency_key_reused')
    if (kept) return { status: kept.status, body: JSON.parse(kept.body) } as unknown as Answer
    return work(connection, async (tx, { status, body }) => {
      await tx
        .insertInto('idempotency')
        .values({ scope, body_hash: bodyHash, status, body: JSON.stringify(body), created_at: new Date() })
        .execute()
    })
  })
  if (!answer) throw new AppError('request_in_progress')
  return answer
}

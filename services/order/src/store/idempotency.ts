import { createHash } from 'node:crypto'
import { AppError, grouped } from '@portico/service-kit'
import { CLEAN_UP_LIMIT, inBatches } from '@portico/service-kit/mysql'
import { type Insertable, sql } from 'kysely'
import type { Db, Schema, Tx } from './database.ts'
import { insertRows } from './insert-rows.ts'

/** How long an answer is kept. The order's id is derived from the key, so a later retry still makes no second order. */
export const ANSWERS_KEPT_MS = 30 * 24 * 3600 * 1000

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

/** An answer as it is kept: to be written in the transaction of its effect. */
export type KeptAnswer = Insertable<Schema['idempotency']>

export interface Answers {
  /**
   * Answers a request with what was answered under its key before, or does it: `work` gets `keep`, which makes the row
   * to write with the effect. Refusals are not kept: they are looked at anew. Where `work` fails and no answer is kept,
   * `made` may find what an earlier request made, whose answer was dropped for its age.
   * @throws AppError idempotency_key_reused with another body, request_in_progress while the same is running here
   */
  once<Answer extends StoredAnswer>(
    request: KeyedRequest,
    work: (keep: (answer: Answer) => KeptAnswer) => Promise<Answer>,
    made?: () => Promise<Answer | undefined>,
  ): Promise<Answer>
}

const hash = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')

/**
 * The answers that were given under a key. Of two replicas that do the same at the same moment only one can write the
 * answer, and its effect with it; the other fails, looks again and answers what the first did.
 */
export function keepAnswers(db: Db): Answers {
  const running = new Set<string>()
  const find = grouped((scopes: readonly string[]) => findAll(db, scopes))
  return {
    async once<Answer extends StoredAnswer>(
      request: KeyedRequest,
      work: (keep: (answer: Answer) => KeptAnswer) => Promise<Answer>,
      made: () => Promise<Answer | undefined> = async () => undefined,
    ) {
      const scope = hash([request.caller, request.key])
      const bodyHash = hash([request.operation, request.body])
      const given = async () => {
        const kept = await find(scope)
        if (kept && kept.body_hash !== bodyHash) throw new AppError('idempotency_key_reused')
        return kept && ({ status: kept.status, body: JSON.parse(kept.body) } as unknown as Answer)
      }
      const keep = ({ status, body }: Answer): KeptAnswer => ({
        ...{ scope, body_hash: bodyHash, status },
        ...{ body: JSON.stringify(body), created_at: new Date() },
      })
      if (running.has(scope)) throw new AppError('request_in_progress')
      running.add(scope)
      try {
        return (
          (await given()) ??
          (await orGivenMeanwhile(
            () => work(keep),
            async () => (await given()) ?? made(),
          ))
        )
      } finally {
        running.delete(scope)
      }
    },
  }
}

/** Does work; where it fails, but was done meanwhile, answers that. @throws what the work threw */
async function orGivenMeanwhile<T>(work: () => Promise<T>, given: () => Promise<T | undefined>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const answer = await given().catch((failure: unknown) => {
      throw failure instanceof AppError ? failure : error
    })
    if (!answer) throw error
    return answer
  }
}

async function findAll(db: Db, scopes: readonly string[]) {
  const rows = await db.selectFrom('idempotency').selectAll().where('scope', 'in', scopes).execute()
  const byScope = new Map(rows.map((row) => [row.scope, row]))
  return scopes.map((scope) => byScope.get(scope))
}

/** Drops answers that are older than `ANSWERS_KEPT_MS`. */
export async function forgetAnswers(db: Db, now = Date.now()): Promise<void> {
  const before = new Date(now - ANSWERS_KEPT_MS)
  const deletion = sql`delete from idempotency where created_at < ${before} limit ${sql.lit(CLEAN_UP_LIMIT)}`
  await inBatches(async () => Number((await deletion.execute(db)).numAffectedRows ?? 0n))
}

export const keepAll = (tx: Tx, answers: readonly KeptAnswer[]) => insertRows(tx, 'idempotency', answers)

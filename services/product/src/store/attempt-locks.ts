import type { HeldLine } from '@portico/contracts'
import { sql } from 'kysely'
import type { AttemptState } from '../attempts.ts'
import type { Tx } from './database.ts'

export interface Attempt {
  readonly key: string
  readonly state: AttemptState
  readonly expiresAt: Date | null
  readonly lines: readonly HeldLine[]
}

/**
 * Locks attempts, known or not, until the transaction ends: what comes for them waits in line. The locks are taken in one
 * order, and before anything else is locked or claimed, so that no two transactions wait for each other.
 */
export async function lockKeys(tx: Tx, keys: readonly string[]): Promise<void> {
  await sql`select pg_advisory_xact_lock(id) from ${locksOf(keys)}`.execute(tx)
}

/**
 * Locks attempts for a transaction that a crash of the database may forget, so that its commit waits for no disk.
 * For holds alone: a sale whose hold is gone takes the stock anew.
 */
export async function lockKeysForHold(tx: Tx, keys: readonly string[]): Promise<void> {
  await sql`
    select pg_advisory_xact_lock(id), set_config('synchronous_commit', 'off', true) from ${locksOf(keys)}`.execute(tx)
}

const locksOf = (keys: readonly string[]) => sql`(
  select distinct hashtextextended(key, 0) as id from unnest(${keys}::text[]) as key order by id) as locks`

/** What is known of attempts. Those that must not change meanwhile are locked before. */
export async function readAttempts(tx: Tx, keys: readonly string[]): Promise<Map<string, Attempt>> {
  const { rows } = await sql<Attempt>`
    select key, state, expires_at as "expiresAt",
      coalesce(
        json_agg(json_build_object('productId', product_id, 'name', name, 'quantity', quantity,
          'unitPrice', json_build_object('amount', unit_amount, 'currency', unit_currency)))
          filter (where product_id is not null), '[]') as lines
    from attempt left join attempt_line on attempt_key = key
    where key = any(${keys}::text[]) group by key`.execute(tx)
  return new Map(rows.map((attempt) => [attempt.key, attempt]))
}

/** Locks one attempt, and reads what is known of it. */
export async function lockAttempt(tx: Tx, key: string): Promise<Attempt | undefined> {
  await lockKeys(tx, [key])
  return (await readAttempts(tx, [key])).get(key)
}

/** The same for a hold, see `lockKeysForHold`. */
export async function lockAttemptForHold(tx: Tx, key: string): Promise<Attempt | undefined> {
  await lockKeysForHold(tx, [key])
  return (await readAttempts(tx, [key])).get(key)
}

import type { HeldLine } from '@portico/contracts'
import { sql } from 'kysely'
import { AttemptMoved } from './attempts.ts'
import type { Tx } from './database.ts'
import { moving } from './stock.ts'

/** A hold, as it was priced. */
export interface PricedHold {
  readonly key: string
  readonly heldUntil: Date
  readonly lines: HeldLine[]
}

/**
 * Makes holds of attempts of which nothing is known, all in one statement, once their products are locked.
 * @returns the keys of those that were new; of others nothing is done
 */
export async function insertHolds(tx: Tx, holds: readonly PricedHold[]): Promise<Set<string>> {
  const lines = holds.flatMap(({ key, lines }) => lines.map((line) => ({ key, ...line })))
  const { rows } = await sql<{ key: string }>`
    with fresh as (
      insert into attempt (key, state, expires_at)
      select key, 'held', ends
      from unnest(${holds.map(({ key }) => key)}::text[], ${holds.map(({ heldUntil }) => heldUntil)}::timestamptz[])
        as hold (key, ends)
      on conflict do nothing returning key
    ), line as (
      insert into attempt_line (attempt_key, product_id, quantity, name, unit_amount, unit_currency)
      select key, product.id, quantity, product.name, price_amount, price_currency
      from unnest(
          ${lines.map(({ key }) => key)}::text[], ${lines.map(({ productId }) => productId)}::uuid[],
          ${lines.map(({ quantity }) => quantity)}::integer[]) as asked (key, product_id, quantity)
        join fresh using (key) join product on product.id = product_id
      returning attempt_key as key, product_id, quantity
    ), ${moving('hold')}
    select key from fresh`.execute(tx)
  return new Set(rows.map(({ key }) => key))
}

/** Makes holds sales, all in one statement, which names the state that they start from. @throws AttemptMoved */
export async function sellHolds(tx: Tx, keys: readonly string[]): Promise<void> {
  const { rows } = await sql`
    with sold as (
      update attempt set state = 'sold', expires_at = null
      where key = any(${keys}::text[]) and state = 'held' returning key
    ), line as (
      select key, product_id, quantity from attempt_line join sold on key = attempt_key
    ), ${moving('confirm')}
    select key from sold`.execute(tx)
  if (rows.length !== keys.length) throw new AttemptMoved(`one of ${keys.length} attempts is no longer held`)
}

import type { EventOf } from '@portico/contracts'
import { grouped, type Handled } from '@portico/service-kit'
import { claimEach } from '@portico/service-kit/postgres'
import { attemptKeyOfEvent as keyOf, sameLines } from './attempts.ts'
import { type Attempt, lockKeys, readAttempts } from './store/attempt-locks.ts'
import type { Db, Tx } from './store/database.ts'
import { sellHolds } from './store/plain-cases.ts'
import { lockSeveral } from './store/stock.ts'

type OrderPlaced = EventOf<'order_placed'>

/**
 * Sells what is held: events that come together are one transaction.
 * @returns what came of each event; undefined for all but the plain case, of which nothing was done
 */
export const createSellHeld = (db: Db): ((event: OrderPlaced) => Promise<Handled | undefined>) =>
  grouped((events: readonly OrderPlaced[]) => db.transaction().execute((tx) => sellPlain(tx, events)))

/** The cell `held`, `order_placed` of the transitions, for a group of events whose lines are those that are held. */
async function sellPlain(tx: Tx, events: readonly OrderPlaced[]): Promise<(Handled | undefined)[]> {
  const keys = events.map(keyOf)
  await lockKeys(tx, keys)
  const plain = plainOf(events, await readAttempts(tx, keys))
  const claimed = new Set(plain.size > 0 ? await claimEach(tx, [...plain.keys()]) : [])
  const sold = [...claimed].flatMap((id) => plain.get(id) ?? [])
  if (sold.length > 0) await sellAll(tx, sold)
  // Of one event given twice in a group, the first is the sale.
  return events.map(({ id }) => (claimed.delete(id) ? sale : plain.has(id) ? duplicate : undefined))
}

const sale: Handled = { outcome: 'applied', effect: 'hold became a sale' }
const duplicate: Handled = { outcome: 'duplicate' }

/** What each event sells, by the event's id. Of several events about one attempt the first does; the rest find it sold. */
function plainOf(events: readonly OrderPlaced[], attempts: ReadonlyMap<string, Attempt>): ReadonlyMap<string, Attempt> {
  const plain = new Map<string, Attempt>()
  const taken = new Set<string>()
  for (const event of events) {
    const attempt = attempts.get(keyOf(event))
    if (attempt?.state !== 'held' || taken.has(attempt.key) || !sameLines(attempt.lines, event.data.items)) continue
    plain.set(event.id, attempt)
    taken.add(attempt.key)
  }
  return plain
}

async function sellAll(tx: Tx, attempts: readonly Attempt[]): Promise<void> {
  const lines = attempts.flatMap((attempt) => attempt.lines)
  await lockSeveral(tx, lines)
  const keys = attempts.map(({ key }) => key)
  await sellHolds(tx, keys)
}

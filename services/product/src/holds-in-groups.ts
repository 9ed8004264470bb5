import type { HeldLine, OrderedLine } from '@portico/contracts'
import { grouped } from '@portico/service-kit'
import { HOLD_MS } from './attempts.ts'
import { type Held, hold, refuseRepeats } from './holds.ts'
import { lockKeysForHold } from './store/attempt-locks.ts'
import type { Db, Tx } from './store/database.ts'
import { insertHolds, type PricedHold } from './store/plain-cases.ts'
import { lockProducts, priceLines, type Stocked } from './store/stock.ts'

interface Asked {
  readonly key: string
  readonly lines: readonly OrderedLine[]
  readonly heldUntil: Date
}

/** `hold` on one database, see there. */
export type Hold = (key: string, lines: readonly OrderedLine[], now?: number) => Promise<Held>

/**
 * Holds that come together are one transaction. That is for the plain case, an attempt of which nothing is known and whose
 * lines can be had; every other is left to `hold` alone, after it.
 */
export function createHold(db: Db): Hold {
  const takeTogether = grouped((group: readonly Asked[]) => db.transaction().execute((tx) => takePlain(tx, group)))
  return async (key, lines, now = Date.now()) => {
    refuseRepeats(lines)
    const heldUntil = new Date(now + HOLD_MS)
    const items = await takeTogether({ key, lines, heldUntil })
    return items ? { items, expiresAt: heldUntil.toISOString() } : hold(db, key, lines, now)
  }
}

/**
 * The cell `none`, `hold` of the transitions, for a group: what can be had is taken, in the order of asking.
 * @returns what each holds, in its place; undefined for what is not plain, of which nothing was done
 */
async function takePlain(tx: Tx, group: readonly Asked[]): Promise<(HeldLine[] | undefined)[]> {
  const keys = group.map(({ key }) => key)
  const lines = group.flatMap((asked) => asked.lines)
  await lockKeysForHold(tx, keys)
  const priced = priceInTurn(await lockProducts(tx, lines), group)
  const taken = priced.size > 0 ? await insertHolds(tx, [...priced.values()]) : new Set()
  return group.map((asked) => (taken.has(asked.key) ? priced.get(asked)?.lines : undefined))
}

/** Prices what can be had, each without what those before it take; of one attempt what was asked first. */
function priceInTurn(products: ReadonlyMap<string, Stocked>, group: readonly Asked[]): Map<Asked, PricedHold> {
  const first = new Map(group.toReversed().map((asked) => [asked.key, asked]))
  const priced = new Map<Asked, PricedHold>()
  for (const asked of group.filter((each) => first.get(each.key) === each)) {
    const { priced: lines, shortages } = priceLines(products, asked.lines)
    if (shortages.length > 0) continue
    for (const { productId, quantity } of lines) {
      const product = products.get(productId)
      if (product) product.held += quantity
    }
    priced.set(asked, { ...asked, lines })
  }
  return priced
}

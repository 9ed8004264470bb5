import type { HeldLine, OrderedLine } from '@portico/contracts'
import { grouped } from '@portico/service-kit'
import { HOLD_MS } from './attempts.ts'
import { type Held, hold, refuseRepeats } from './holds.ts'
import { lockKeysForHold } from './store/attempt-locks.ts'
import { insertHolds, insertLines } from './store/attempts.ts'
import type { Db, Tx } from './store/database.ts'
import { lockProducts, moveLockedLines, priceLines, type Stocked } from './store/stock.ts'

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
  await lockKeysForHold(
    tx,
    group.map(({ key }) => key),
  )
  const products = await lockProducts(
    tx,
    group.flatMap(({ lines }) => lines),
  )
  const had = priceInTurn(products, group)
  const fresh = had.length > 0 ? await insertHolds(tx, had) : new Set()
  const taken = had.filter(({ key }) => fresh.has(key))
  if (taken.length > 0) {
    await insertLines(tx, taken)
    await moveLockedLines(tx, 'hold', taken)
  }
  const itemsOf = new Map(taken.map(({ asked, lines }) => [asked, lines]))
  return group.map((asked) => itemsOf.get(asked))
}

/** Prices what can be had, each without what those before it take; of the same attempt only what was asked first. */
function priceInTurn(products: ReadonlyMap<string, Stocked>, group: readonly Asked[]) {
  const once = [...Map.groupBy(group, ({ key }) => key).values()].flatMap(([first]) => first ?? [])
  return once.flatMap((asked) => {
    const { priced: lines, shortages } = priceLines(products, asked.lines)
    if (shortages.length > 0) return []
    for (const { productId, quantity } of lines) {
      const product = products.get(productId)
      if (product) product.held += quantity
    }
    return { asked, key: asked.key, heldUntil: asked.heldUntil, lines }
  })
}

import { setImmediate as nextTurn } from 'node:timers/promises'
import { isDatastoreDown } from './http/datastore-down.ts'

/** How many calls are made one piece of work at most: enough that its fixed cost no longer counts. */
const LARGEST = 64

/** A group that takes longer, as on a connection that went dead without a word, is no longer waited for by the next. */
const PATIENCE_MS = 1000

interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/**
 * Makes one piece of work of calls that come at about the same time, as databases do with commits: while one group is at
 * work the next gathers, so groups grow with the load, and a call that comes alone waits for nobody. A group that fails
 * is done again one by one, so that only the item which can't be done fails; not where the datastore is away.
 *
 * @param work gives each item's result in its place. Failing, it must have left nothing behind, or bear to be repeated.
 */
export function grouped<Item, Result>(
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
  largest = LARGEST,
): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = []
  let working = false

  const drain = async () => {
    // Whatever else this turn of the event loop brings belongs to the first group.
    await nextTurn()
    while (waiting.length > 0) {
      const group = waiting.slice(0, largest)
      waiting = waiting.slice(largest)
      const late = Promise.withResolvers<void>()
      const timer = setTimeout(late.resolve, PATIENCE_MS)
      await Promise.race([settle(work, group), late.promise])
      clearTimeout(timer)
    }
    working = false
  }

  return (item) => {
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    waiting.push({ item, resolve, reject })
    if (!working) {
      working = true
      void drain()
    }
    return promise
  }
}

async function settle<Item, Result>(
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
  group: readonly Waiting<Item, Result>[],
): Promise<void> {
  try {
    const results = await work(group.map(({ item }) => item))
    for (const [index, { resolve }] of group.entries()) resolve(results[index] as Result)
  } catch (error) {
    if (group.length > 1 && !isDatastoreDown(error)) for (const each of group) await settle(work, [each])
    else for (const { reject } of group) reject(error)
  }
}

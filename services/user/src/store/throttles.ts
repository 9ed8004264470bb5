import type { Counter } from '../throttles.ts'
import { type Database, isDuplicateKey } from './database.ts'

/** A time in the past of every replica's clock. */
const OPEN = new Date(0)

/**
 * Takes an attempt from every counter, or from none. Each is counted in one statement before anything is tried, so
 * concurrent attempts can't pass together where one may.
 * @returns 0, or the milliseconds to wait before the next attempt
 */
export async function takeAttempt(db: Database, counters: readonly Counter[], now = Date.now()): Promise<number> {
  const taken: Counter[] = []
  for (const counter of counters) {
    const waitMs = await take(db, counter, now)
    if (waitMs > 0) {
      await giveBack(db, taken)
      return waitMs
    }
    taken.push(counter)
  }
  return 0
}

/** Undoes attempts that turned out not to be failures. */
export async function giveBack(db: Database, counters: readonly Counter[]): Promise<void> {
  const change = { $inc: { attempts: -1 }, $set: { openAt: OPEN } }
  await Promise.all(counters.map(({ key }) => db.throttles.updateOne({ _id: key, attempts: { $gt: 0 } }, change)))
}

export async function resetCounter(db: Database, { key }: Counter): Promise<void> {
  await db.throttles.deleteOne({ _id: key })
}

/** An insert for the first attempt, a guarded update for all others: no upsert, which may fail when two do the same. */
async function take(db: Database, { key, rule }: Counter, now: number): Promise<number> {
  const at = new Date(now)
  const expiresAt = new Date(now + rule.forgetMs)
  const openAt = rule.free > 1 ? OPEN : new Date(now + rule.firstWaitMs)
  try {
    await db.throttles.insertOne({ _id: key, attempts: 1, openAt, expiresAt })
    return 0
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
  }
  const open = { $or: [{ openAt: { $lte: at } }, { expiresAt: { $lte: at } }] }
  // The server removes expired counters only about once a minute.
  const former = { $cond: [{ $gt: ['$expiresAt', at] }, '$attempts', 0] }
  const doubled = { $multiply: [rule.firstWaitMs, { $pow: [2, { $subtract: ['$attempts', rule.free] }] }] }
  const later = { $add: [at, { $min: [rule.maxWaitMs, doubled] }] }
  const taken = await db.throttles.findOneAndUpdate({ _id: key, ...open }, [
    { $set: { attempts: { $add: [former, 1] } } },
    { $set: { openAt: { $cond: [{ $lt: ['$attempts', rule.free] }, OPEN, later] }, expiresAt } },
  ])
  if (taken) return 0
  const closed = await db.throttles.findOne({ _id: key })
  return Math.max(1, (closed?.openAt.getTime() ?? 0) - now)
}

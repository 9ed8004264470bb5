import { LENGTHS, type Period, windowStart } from './windows.ts'

/** Counters of one period, all of the same window of time. */
interface Window {
  readonly start: number
  readonly counts: Map<string, number>
}

/**
 * Counters in this process. All windows of a period begin together, so a new window drops the counters of the old one
 * at once; within a window at most `limit` counters are kept, the longest unused going first.
 */
export class LocalCounters {
  readonly #limit: number
  readonly #windows = new Map<Period, Window>()

  constructor(limit = 100_000) {
    this.#limit = limit
  }

  get(period: Period, now: number, key: string): number {
    return this.#window(period, now).counts.get(key) ?? 0
  }

  add(period: Period, now: number, key: string, value = 1): number {
    const { counts } = this.#window(period, now)
    const count = (counts.get(key) ?? 0) + value
    counts.delete(key)
    if (counts.size >= this.#limit) counts.delete(counts.keys().next().value as string)
    counts.set(key, count)
    return count
  }

  #window(period: Period, now: number): Window {
    const start = windowStart(period, now)
    const window = this.#windows.get(period)
    if (window && isCurrent(window.start, start, period)) return window
    const fresh = { start, counts: new Map() }
    this.#windows.set(period, fresh)
    return fresh
  }
}

/** A request that began a little before the window, or a clock set back a little, must not empty it. */
function isCurrent(current: number, asked: number, period: Period): boolean {
  return asked <= current && asked >= current - LENGTHS[period] * 1000
}

import type { Span } from '../api/orders.ts'

const DAY_MS = 24 * 3600 * 1000

/** So many days of UTC, today the last. */
export function lastDays(count: number, now = Date.now()): Span & { readonly days: readonly string[] } {
  const tomorrow = Math.floor(now / DAY_MS) * DAY_MS + DAY_MS
  const days = Array.from({ length: count }, (_, index) => dayAt(tomorrow - (count - index) * DAY_MS))
  return { from: `${days[0]}T00:00:00.000Z`, to: new Date(tomorrow).toISOString(), days }
}

const dayAt = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

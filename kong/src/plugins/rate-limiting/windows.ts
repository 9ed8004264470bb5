/** The windows of time that can be limited, shortest first. */
export const PERIODS = ['second', 'minute', 'hour', 'day', 'month', 'year'] as const

export type Period = (typeof PERIODS)[number]

/** Seconds from a window's start to its end, as Kong reckons them (every month has 30 days). */
export const LENGTHS: Readonly<Record<Period, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86400,
  month: 2592000,
  year: 31536000,
}

/** A period as header names spell it. */
export function periodTitle(period: Period): string {
  return period.charAt(0).toUpperCase() + period.slice(1)
}

/** When the window that `now` is in began; windows follow the UTC calendar. Milliseconds since the epoch. */
export function windowStart(period: Period, now: number): number {
  if (period === 'month' || period === 'year') {
    const date = new Date(now)
    return Date.UTC(date.getUTCFullYear(), period === 'month' ? date.getUTCMonth() : 0)
  }
  const length = LENGTHS[period] * 1000
  return now - (now % length)
}

/** Limits by window; null where a window is not limited. */
export type Limits = Readonly<Record<Period, number | null>>

/** The windows that have a limit. */
export function limitedPeriods(limits: Limits): readonly Period[] {
  return PERIODS.filter((period) => limits[period] !== null)
}

/** Kong's words for a longer window with the smaller limit. */
export function checkLimitOrder(limits: Partial<Limits>): string | undefined {
  const periods = PERIODS.filter((period) => typeof limits[period] === 'number')
  for (const [i, shorter] of periods.entries()) {
    for (const longer of periods.slice(i + 1)) {
      const [few, many] = [limits[shorter] as number, limits[longer] as number]
      if (many >= few) continue
      return `The limit for ${longer}(${oneDecimal(many)}) cannot be lower than the limit for ${shorter}(${oneDecimal(few)})`
    }
  }
  return undefined
}

function oneDecimal(value: number): string {
  return value.toFixed(1)
}

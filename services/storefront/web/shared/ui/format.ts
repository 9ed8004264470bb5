import type { Money } from '@portico/contracts'

const locale = navigator.languages[0] ?? 'en'

/** Minor units in one unit of a currency: 100 cents in a euro. */
export function minorUnitsOf(currency: string): number {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency })
  return 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2)
}

/** An amount in the browser's own way of writing it. */
export const formatMoney = ({ amount, currency }: Money): string =>
  new Intl.NumberFormat(locale, { style: 'currency', currency }).format(amount / minorUnitsOf(currency))

/** A currency as one speaks of amounts in it: euros. */
export function currencyName(currency: string): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'name' })
  return format.formatToParts(2).find(({ type }) => type === 'currency')?.value ?? currency
}

/** Minor units of an amount that somebody typed, such as 19.99 or 19,99; undefined where it is none. */
export function parseAmount(text: string, currency: string): number | undefined {
  const digits = new Intl.NumberFormat(locale, { style: 'currency', currency }).resolvedOptions().maximumFractionDigits
  const [, whole = '', rest = ''] = /^\s*(\d{1,10})(?:[.,](\d+))?\s*$/.exec(text) ?? []
  if (whole === '' || rest.length > (digits ?? 2)) return undefined
  return Number(whole + rest.padEnd(digits ?? 2, '0'))
}

/** An amount as somebody would type it. */
export function amountText({ amount, currency }: Money): string {
  const { maximumFractionDigits: digits = 2 } = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
  }).resolvedOptions()
  return (amount / 10 ** digits).toFixed(digits)
}

const numbers = new Intl.NumberFormat(locale)

export const formatNumber = (number: number): string => numbers.format(number)

const days = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' })

/** A day of UTC (YYYY-MM-DD) in the browser's own way. */
export const formatDay = (day: string): string => days.format(new Date(`${day}T00:00:00Z`))

const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' })

/** The time of day of a timestamp, with its seconds. */
export const formatClock = (timestamp: string): string => clock.format(new Date(timestamp))

const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })

/** A time (RFC 3339) in the browser's own way and zone. */
export const formatTime = (timestamp: string): string => dates.format(new Date(timestamp))

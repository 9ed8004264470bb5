import type { Money } from '@portico/contracts'

const locale = navigator.languages[0] ?? 'en'

/** An amount in the browser's own way of writing it. */
export function formatMoney({ amount, currency }: Money): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency })
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  return format.format(amount / 10 ** digits)
}

const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })

/** A time (RFC 3339) in the browser's own way and zone. */
export const formatTime = (timestamp: string): string => dates.format(new Date(timestamp))

import type { Args, ArgValue } from './args.ts'

/** How one encoder writes the bytes that it can't leave as they are. */
type Escape = (text: string) => string

const percent = (byte: string) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`

/** Percent-encodes all but unreserved characters, as nginx's Lua module does. */
export const escapeComponent: Escape = (text) => text.replace(/[^A-Za-z0-9._~-]/g, percent)

/** Writes arguments as a form body or query: a name without a value stays without `=`. */
export function encodeArgs(args: Args): string {
  return Array.from(args, encodeArg).join('&')
}

function encodeArg([name, value]: readonly [string, ArgValue]): string {
  const values = typeof value === 'object' ? value : [value]
  const escaped = escapeComponent(name)
  return values.map((one) => (one === true ? escaped : `${escaped}=${escapeComponent(one)}`)).join('&')
}

/** The same in order, as Kong writes a query or form that a plugin changed: what is compared is each name with its values. */
export function encodeQuery(args: Args): string {
  return Array.from(args, encodeArg).sort(byBytes).join('&')
}

const byBytes = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

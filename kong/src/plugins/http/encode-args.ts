import type { Args } from './args.ts'

/** How one encoder writes the bytes that it can't leave as they are. */
type Escape = (text: string) => string

const percent = (byte: string) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`

/** Percent-encodes all but unreserved characters, as nginx's Lua module does. */
export const escapeComponent: Escape = (text) => text.replace(/[^A-Za-z0-9._~-]/g, percent)

/** Writes arguments as a form body or query: a name without a value stays without `=`. */
export function encodeArgs(args: Args): string {
  const pieces: string[] = []
  for (const [name, value] of args) {
    for (const one of typeof value === 'object' ? value : [value]) {
      pieces.push(one === true ? escapeComponent(name) : `${escapeComponent(name)}=${escapeComponent(one)}`)
    }
  }
  return pieces.join('&')
}

/** The same with the names in order, as Kong writes a query that a plugin changed. */
export function encodeQuery(args: Args): string {
  return encodeArgs(new Map([...args].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))))
}

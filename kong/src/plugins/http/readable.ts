import { fromWire } from './wire-text.ts'

/** The same value with its wire texts read as UTF-8. */
export function readable(value: unknown): unknown {
  if (typeof value === 'string') return fromWire(value)
  if (Array.isArray(value)) return value.map(readable)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [fromWire(name), readable(member)]))
}

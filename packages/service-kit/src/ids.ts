import { createHash } from 'node:crypto'
import { v7 } from 'uuid'

/** A new UUID, version 7: ordered by time. */
export const newId = (): string => v7()

/** Below every UUID of version 7 that is made from a time on (milliseconds since 1970), and above all made before. */
export function firstIdAt(ms: number): string {
  const hex = Math.max(0, Math.trunc(ms)).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7000-8000-000000000000`
}

/**
 * A UUID of version 8 (RFC 9562) derived from texts: the same texts give the same id, on any machine.
 * The parts are hashed with their lengths, so that ("ab", "c") and ("a", "bc") differ.
 */
export function derivedId(...parts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part)
  const bytes = hash.digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

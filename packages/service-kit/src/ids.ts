import { createHash, randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

const RANDOM_BYTES = 16
/** Random bytes for the next ids, each used once: asking the system for every id costs more than making it. */
const pool = Buffer.alloc(256 * RANDOM_BYTES)
let used = pool.length
/** What the last id began with: its time, and a number that counts up within a millisecond. */
const last = { msecs: 0, seq: 0 }

/** A new UUID, version 7: ordered by time, and within a process by the order of making. */
export function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const random = pool.subarray(used, used + RANDOM_BYTES)
  used += RANDOM_BYTES
  const now = Date.now()
  if (now > last.msecs) {
    last.msecs = now
    // Half of the 32 bits are left for counting.
    last.seq = random.readUInt32BE(6) >>> 1
  } else {
    last.seq += 1
    if (last.seq > 0xffff_ffff) {
      last.msecs += 1
      last.seq = 0
    }
  }
  return v7({ random, ...last })
}

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

const prime1 = 0x9e3779b1
const prime2 = 0x85ebca77
const prime3 = 0xc2b2ae3d
const prime4 = 0x27d4eb2f
const prime5 = 0x165667b1

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits))
const round = (lane: number, input: number): number =>
  Math.imul(rotate((lane + Math.imul(input, prime2)) | 0, 13), prime1)

/** xxHash of 32 bits with seed 0, of a latin1 text. Source: the xxHash specification, XXH32. */
export function xxhash32(text: string): number {
  const bytes = Buffer.from(text, 'latin1')
  let at = 0
  let hash = prime5
  if (bytes.length >= 16) {
    const lanes = [(prime1 + prime2) | 0, prime2, 0, -prime1 | 0]
    for (; at <= bytes.length - 16; at += 16) {
      for (let lane = 0; lane < 4; lane++) lanes[lane] = round(lanes[lane] ?? 0, bytes.readInt32LE(at + lane * 4))
    }
    hash = lanes.reduce((sum, lane, i) => (sum + rotate(lane, [1, 7, 12, 18][i] ?? 0)) | 0, 0)
  }
  hash = (hash + bytes.length) | 0
  for (; at <= bytes.length - 4; at += 4) {
    hash = Math.imul(rotate((hash + Math.imul(bytes.readInt32LE(at), prime3)) | 0, 17), prime4)
  }
  for (; at < bytes.length; at++) {
    hash = Math.imul(rotate((hash + Math.imul(bytes[at] ?? 0, prime5)) | 0, 11), prime1)
  }
  hash = Math.imul(hash ^ (hash >>> 15), prime2)
  hash = Math.imul(hash ^ (hash >>> 13), prime3)
  return (hash ^ (hash >>> 16)) >>> 0
}

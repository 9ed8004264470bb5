import { describe, expect, it } from 'vitest'
import { xxhash32 } from './xxhash32.ts'

describe('xxHash of 32 bits', () => {
  // From the reference implementation, with seed 0.
  it.each([
    ['', 0x02cc5d05],
    ['a', 0x550d7456],
    ['abc', 0x32d153ff],
    ['Nobody inspects the spammish repetition', 0xe2293b2f],
  ])('of %j is as in the reference implementation', (text, hash) => {
    expect(xxhash32(text)).toBe(hash)
  })
})

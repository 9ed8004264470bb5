import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BrokenFrame, FrameReader, frame } from './frames.ts'

const readAll = (pieces: readonly Buffer[], reader = new FrameReader()) =>
  pieces.flatMap((piece) => [...reader.read(piece)])

describe('frames', () => {
  it('count UTF-16 code units, as NestJS does', () => {
    expect(frame('ä€😀')).toBe('6#"ä€😀"')
  })

  it('come out as they went in, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.array(fc.nat(200), { minLength: 1 }), (messages, sizes) => {
        const bytes = Buffer.from(messages.map(frame).join(''))
        const pieces: Buffer[] = []
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = 1 + (sizes[i % sizes.length] ?? 0)
          pieces.push(bytes.subarray(at, at + size))
          at += size
        }
        const reader = new FrameReader()
        expect(readAll(pieces, reader)).toEqual(JSON.parse(JSON.stringify(messages)))
        expect(reader.midMessage).toBe(false)
      }),
    )
  })

  it.each(['abc', '-1#{}', '#{}', '5 #[1,2]', '12345678901', '3#{{{', '99999999#x', '\0'])('are broken: %j', (text) => {
    expect(() => readAll([Buffer.from(text)])).toThrow(BrokenFrame)
  })

  it('of any bytes are read or broken, nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          readAll([Buffer.from(bytes)])
        } catch (error) {
          expect(error).toBeInstanceOf(BrokenFrame)
        }
      }),
    )
  })

  it('larger than the limit are refused before they are read', () => {
    expect(() => readAll([Buffer.from('101#')], new FrameReader(100))).toThrow(BrokenFrame)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChunkedDecoder, ChunkedFault } from './chunked.ts'

/** The content of a body that arrives in pieces of the given sizes, and what follows it. */
function decode(bytes: Buffer, sizes: readonly number[] = []) {
  const decoder = new ChunkedDecoder()
  const content: Buffer[] = []
  let at = 0
  let turn = 0
  try {
    while (at < bytes.length && !decoder.done) {
      const end = at + (sizes.length === 0 ? bytes.length : (sizes[turn++ % sizes.length] ?? 1))
      at += decoder.feed(bytes.subarray(at, end), (piece) => content.push(piece))
    }
  } catch (error) {
    if (error instanceof ChunkedFault) return 'refused'
    throw error
  }
  return { content: Buffer.concat(content).toString('latin1'), done: decoder.done, rest: bytes.toString('latin1', at) }
}

const chunked = (parts: readonly Uint8Array[]): Buffer =>
  Buffer.concat([
    ...parts
      .filter((part) => part.length > 0)
      .flatMap((part) => [Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]),
    Buffer.from('0\r\n\r\n'),
  ])

describe('a chunked body', () => {
  it('is the content of its chunks, whatever the bytes and however they are cut up', () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 })
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 5 })
    fc.assert(
      fc.property(parts, sizes, fc.string({ unit: 'binary-ascii' }), (pieces, cuts, after) => {
        const bytes = Buffer.concat([chunked(pieces), Buffer.from(after, 'latin1')])
        const content = Buffer.concat(pieces).toString('latin1')
        expect(decode(bytes, cuts)).toEqual({ content, done: true, rest: after })
      }),
      { numRuns: 2000 },
    )
  })

  it('is refused or not, the same however its bytes are cut up', () => {
    const alphabet = fc.constantFrom(...'0123afz;\r\n \tx-'.split(''), '5\r\nhello\r\n', '0\r\n\r\n', '\r\n')
    fc.assert(
      fc.property(
        fc.array(alphabet, { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }),
        (parts, cuts) => {
          const bytes = Buffer.from(parts.join(''), 'latin1')
          expect(decode(bytes, cuts)).toEqual(decode(bytes))
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('may have extensions, trailers, blanks after a size and bare line feeds', () => {
    expect(decode(Buffer.from('5 ;a=b\r\nhello\r\n0\r\nX-T: 1\r\n\r\nrest'))).toEqual({
      content: 'hello',
      done: true,
      rest: 'rest',
    })
    expect(decode(Buffer.from('5\nhello\n0\n\n'))).toMatchObject({ content: 'hello', done: true })
  })

  it.each([
    'zz\r\n',
    '-5\r\n',
    '\r\n',
    '5\r\nhello world\r\n',
    'fffffffffffffffff\r\n',
    '5\rx\nhello',
    `5;${'x'.repeat(5000)}`,
  ])('is refused for %j', (text) => {
    expect(decode(Buffer.from(text))).toBe('refused')
  })
})

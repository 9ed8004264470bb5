import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BadRequest } from './bad-request.ts'
import { checkHead } from './framing.ts'
import { RequestHeadParser } from './request-head.ts'

/** What comes of a text that arrives in the given pieces: a head with its rest, a refusal, or nothing yet. */
function read(text: string, cuts: readonly number[] = []) {
  const parser = new RequestHeadParser()
  const bytes = Buffer.from(text, 'latin1')
  const ends = [...new Set([...cuts.filter((cut) => cut > 0 && cut < bytes.length), bytes.length])].sort(
    (a, b) => a - b,
  )
  let start = 0
  try {
    for (const end of ends) {
      const used = parser.feed(bytes.subarray(start, end))
      if (used !== undefined) {
        const { method, target, host, httpVersion, headers } = parser.head
        const rest = bytes.toString('latin1', start + used)
        return { method, target, host, httpVersion, headers: [...headers], framing: checkHead(parser.head), rest }
      }
      start = end
    }
  } catch (error) {
    if (error instanceof BadRequest) return { refused: error.status }
    throw error
  }
  return 'more'
}

const plain = 'GET /a?b HTTP/1.1\r\nHost: x.test\r\nX-A:  1 \r\n\r\n'

describe('the head of a request', () => {
  it('is line, headers and framing, and what follows it is left alone', () => {
    expect(read(`${plain}GET /next`)).toEqual({
      method: 'GET',
      target: '/a?b',
      host: undefined,
      httpVersion: '1.1',
      headers: [
        ['Host', 'x.test'],
        ['X-A', '1'],
      ],
      framing: { kind: 'none' },
      rest: 'GET /next',
    })
  })

  it('may have bare line feeds, empty lines before it, and several returns at a line end', () => {
    const head = read('\r\n\nGET / HTTP/1.0\nX-A: 1\r\r\n\n')
    expect(head).toMatchObject({ httpVersion: '1.0', headers: [['X-A', '1']] })
  })

  it('names the host of an absolute target and keeps the rest as the target', () => {
    expect(read('GET http://Line.Test:81/p?q HTTP/1.1\r\nHost: a\r\n\r\n')).toMatchObject({
      host: 'Line.Test',
      target: '/p?q',
    })
    expect(read('GET http://line.test HTTP/1.1\r\nHost: a\r\n\r\n')).toMatchObject({ target: '/' })
  })

  it('drops headers with odd names and takes a line without a colon as an empty header', () => {
    expect(read('GET / HTTP/1.1\r\nHost: a\r\nX.Dot: 1\r\nX_Under: 2\r\nAlone\r\n\r\n')).toMatchObject({
      headers: [
        ['Host', 'a'],
        ['X_Under', '2'],
        ['Alone', ''],
      ],
    })
  })

  it.each([
    ['a line without a method', 'nonsense\r\n\r\n', 400],
    ['the start of a TLS handshake, at its first byte', '\x16\x03\x01', 400],
    ['a target with a space', 'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a target that climbs above the root', 'GET /../x HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a target with a broken escape', 'GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['version 2', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n', 505],
    ['version 0.9 by name', 'GET / HTTP/0.9\r\nHost: a\r\n\r\n', 400],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n', 400],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost: a\r\nX-A : 1\r\n\r\n', 400],
    ['a folded header', 'GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n 2\r\n\r\n', 400],
    ['a zero byte in a value', 'GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\0\r\n\r\n', 400],
    ['a bare return in a value', 'GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r2\r\n\r\n', 400],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n', 400],
    ['a length that is none', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n', 400],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
    ],
    ['another coding', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n', 501],
    ['chunks in HTTP/1.0', 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
    ['TRACE', 'TRACE / HTTP/1.1\r\nHost: a\r\n\r\n', 405],
    ['a line of more than 8 KiB that has not ended', `GET /${'x'.repeat(8200)}`, 414],
    ['a header of more than 8 KiB', `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'x'.repeat(8200)}\r\n\r\n`, 494],
    ['a head of more than 33 KiB', `GET / HTTP/1.1\r\n${`X-A: ${'x'.repeat(4000)}\r\n`.repeat(10)}\r\n`, 494],
  ])('is refused for %s', (_, text, status) => {
    expect(read(text)).toEqual({ refused: status })
  })

  it('may come after carriage returns without line feeds, cut up anywhere', () => {
    const text = `\r\r\n${plain}`
    for (let cut = 1; cut < text.length; cut += 1) expect(read(text, [cut])).toMatchObject({ target: '/a?b' })
  })

  it('comes to the same however its bytes are cut up', () => {
    const alphabet = fc.constantFrom(
      ...'GET / HTTP/1.1\r\n:aX-_.%0\0\t?#'.split(''),
      'Host: a\r\n',
      '\r\n\r\n',
      'POST / HTTP/1.1\r\n',
    )
    const texts = fc.oneof(
      fc.array(alphabet, { maxLength: 60 }).map((parts) => parts.join('')),
      fc.array(alphabet, { maxLength: 20 }).map((parts) => `GET / HTTP/1.1\r\nHost: a\r\n${parts.join('')}\r\n\r\n`),
    )
    fc.assert(
      fc.property(texts, fc.array(fc.nat({ max: 120 }), { maxLength: 8 }), (text, cuts) => {
        const cut = read(text, cuts)
        const whole = read(text)
        // A refusal may come before the end of the head, but then it comes for the whole as well.
        if (typeof cut === 'object' && 'refused' in cut) expect(whole).toEqual(cut)
        else if (typeof cut === 'object')
          expect({ ...(whole as object), rest: undefined }).toEqual({ ...cut, rest: undefined })
        else expect(whole).toBe('more')
      }),
      { numRuns: 3000 },
    )
  })

  it('gives a head or a refusal for any bytes, and never throws otherwise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        read(Buffer.from(bytes).toString('latin1'))
      }),
      { numRuns: 3000 },
    )
  })
})

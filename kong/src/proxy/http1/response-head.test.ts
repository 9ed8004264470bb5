import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BadResponse, ResponseHeadParser } from './response-head.ts'

function read(text: string, size = text.length, method = 'GET') {
  const parser = new ResponseHeadParser(method, false)
  const bytes = Buffer.from(text, 'latin1')
  try {
    for (let at = 0; at < bytes.length; at += size) {
      const result = parser.feed(bytes.subarray(at, at + size))
      if (result) return { ...result.head, headers: [...result.head.headers], rest: text.slice(at + result.used) }
    }
  } catch (error) {
    if (error instanceof BadResponse) return 'refused'
    throw error
  }
  return 'more'
}

describe("the head of an upstream's answer", () => {
  it('is status, words, headers and framing', () => {
    expect(read('HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nX_A.b: 1\r\n\r\nok')).toEqual({
      status: 404,
      reason: 'Not Found',
      headers: [
        ['Content-Length', '2'],
        ['X_A.b', '1'],
      ],
      framing: { kind: 'length', length: 2 },
      keepAlive: true,
      rest: 'ok',
    })
  })

  it('comes after interim answers', () => {
    expect(
      read('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'),
    ).toMatchObject({
      status: 200,
      headers: [],
      framing: { kind: 'close' },
    })
  })

  it('has no body for HEAD, 204 and 304, whatever it says', () => {
    expect(read('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n', 99, 'HEAD')).toMatchObject({
      framing: { kind: 'none' },
    })
    expect(read('HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n')).toMatchObject({
      framing: { kind: 'none' },
    })
  })

  it('ends the connection when it says so, is HTTP/1.0, or has no end of its own', () => {
    expect(read('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')).toMatchObject({
      keepAlive: false,
    })
    expect(read('HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n')).toMatchObject({ keepAlive: false })
    expect(read('HTTP/1.1 200 OK\r\n\r\n')).toMatchObject({ keepAlive: false })
  })

  it.each([
    'garbage\r\n\r\n',
    'HTTP/1.1 20 OK\r\n\r\n',
    'HTTP/1.1 099 OK\r\n\r\n',
    'HTTP/1.1 200 OK\rX: y\r\n\r\n',
    'HTTP/1.1 102 Processing\r\n\r\n'.repeat(17),
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n',
    'HTTP/1.1 200 OK\r\nBad Header: 1\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n',
    `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(4200)}\r\n\r\n`,
    'x'.repeat(5000),
  ])('is refused for %j', (text) => {
    expect(read(text)).toBe('refused')
  })

  it('comes to the same however its bytes are cut up, and to no other error for any of them', () => {
    const alphabet = fc.constantFrom(
      'HTTP/1.1 ',
      '200 OK',
      '100 C',
      '\r\n',
      '\n',
      '\r',
      'A: b',
      'Content-Length: 3',
      ' ',
      '\0',
      'abc',
    )
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 16 }), fc.integer({ min: 1, max: 12 }), (parts, size) => {
        const text = parts.join('')
        expect(read(text, size)).toEqual(read(text))
      }),
      { numRuns: 3000 },
    )
  })
})

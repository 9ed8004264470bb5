import { describe, expect, it } from 'vitest'
import { opener } from './testing/opened.ts'
import { oneService } from './testing/proxy.ts'

const { proxy, upstream, client } = opener()

/** What a smuggler wants the upstream to see as a request of its own. */
const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n'

/** One request that might be understood in two ways. */
interface Case {
  readonly raw: string
  /** The statuses of all answers, in order. */
  readonly answers: readonly number[]
  /** What the upstream saw: method, target, body in brackets. */
  readonly seen?: readonly string[]
}

const head = (lines: string, line = 'POST / HTTP/1.1') => `${line}\r\nHost: x\r\n${lines}\r\n`
const refused = (raw: string, status = 400): Case => ({ raw, answers: [status] })

const cases: Readonly<Record<string, Case>> = {
  'two lengths': refused(`${head('Content-Length: 5\r\nContent-Length: 36\r\n')}hello${smuggled}`),
  'two equal lengths': refused(`${head('Content-Length: 5\r\nContent-Length: 5\r\n')}hello${smuggled}`),
  'a list of lengths': refused(`${head('Content-Length: 5, 5\r\n')}hello${smuggled}`),
  'a signed length': refused(`${head('Content-Length: +5\r\n')}hello${smuggled}`),
  'a negative length': refused(`${head('Content-Length: -1\r\n')}${smuggled}`),
  'a hexadecimal length': refused(`${head('Content-Length: 0x5\r\n')}hello${smuggled}`),
  'a length with a space in it': refused(`${head('Content-Length: 3 6\r\n')}${smuggled}`),
  'a length that overflows': refused(`${head('Content-Length: 18446744073709551621\r\n')}hello${smuggled}`),
  'an empty length': refused(`${head('Content-Length:\r\n')}${smuggled}`),
  'a length and chunks': refused(`${head('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n')}0\r\n\r\n${smuggled}`),
  'chunks and a length': refused(`${head('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n')}0\r\n\r\n${smuggled}`),
  'two transfer encodings': refused(
    `${head('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n')}0\r\n\r\n${smuggled}`,
  ),
  xchunked: refused(`${head('Transfer-Encoding: xchunked\r\n')}0\r\n\r\n${smuggled}`, 501),
  'chunked, identity': refused(`${head('Transfer-Encoding: chunked, identity\r\n')}0\r\n\r\n${smuggled}`, 501),
  'chunked, chunked': refused(`${head('Transfer-Encoding: chunked, chunked\r\n')}0\r\n\r\n${smuggled}`, 501),
  'quoted chunked': refused(`${head('Transfer-Encoding: "chunked"\r\n')}0\r\n\r\n${smuggled}`, 501),
  'chunked behind a tab': refused(`${head('Transfer-Encoding:\tchunked\r\n')}0\r\n\r\n${smuggled}`, 501),
  'chunked with a vertical tab': refused(`${head('Transfer-Encoding: chunked\x0b\r\n')}0\r\n\r\n${smuggled}`, 501),
  'an empty transfer encoding': refused(`${head('Transfer-Encoding:\r\n')}${smuggled}`, 501),
  identity: refused(`${head('Transfer-Encoding: identity\r\nContent-Length: 5\r\n')}hello${smuggled}`, 501),
  'chunks of HTTP/1.0': refused(`${head('Transfer-Encoding: chunked\r\n', 'POST / HTTP/1.0')}0\r\n\r\n${smuggled}`),
  'a space before the colon': refused(`${head('Content-Length : 5\r\n')}hello${smuggled}`),
  'a tab before the colon': refused(`${head('Transfer-Encoding\t: chunked\r\n')}0\r\n\r\n${smuggled}`),
  'a folded line': refused(`${head('Transfer-Encoding:\r\n chunked\r\n')}0\r\n\r\n${smuggled}`),
  'a folded line that begins with a tab': refused(`${head('X: a\r\n\tContent-Length: 5\r\n')}hello${smuggled}`),
  'a line that begins with a space': refused(`POST / HTTP/1.1\r\n Host: x\r\nHost: x\r\n\r\n${smuggled}`),
  'a bare carriage return in a value': refused(`${head('X: a\rContent-Length: 36\r\n')}${smuggled}`),
  'a bare carriage return in a name': refused(`${head('X\rContent-Length: 36\r\n')}${smuggled}`),
  'a bare carriage return that ends the head': refused(`POST / HTTP/1.1\r\nHost: x\r\n\r${smuggled}`),
  'a zero byte in a value': refused(`${head('X: a\0b\r\n')}${smuggled}`),
  'a zero byte in a name': refused(`${head('X\0: a\r\n')}${smuggled}`),
  'a zero byte in the target': refused(`${head('', 'GET /\0 HTTP/1.1')}${smuggled}`),
  'a zero byte behind an escape': refused(`${head('', 'GET /%00 HTTP/1.1')}${smuggled}`),
  'two hosts': refused(`${head('Host: y\r\n')}${smuggled}`),
  'two equal hosts': refused(`${head('Host: x\r\n')}${smuggled}`),
  'no host': refused(`GET / HTTP/1.1\r\n\r\n${smuggled}`),
  'a host with a space': refused(`GET / HTTP/1.1\r\nHost: x y\r\n\r\n${smuggled}`),
  'a host with a slash': refused(`GET / HTTP/1.1\r\nHost: x/y\r\n\r\n${smuggled}`),
  'a colon as a name': refused(`${head(': x\r\n')}${smuggled}`),
  'a space in the target': refused(`${head('', 'GET /a b HTTP/1.1')}${smuggled}`),
  'a line end in the target by an escape is passed on escaped': {
    raw: head('Connection: close\r\n', 'GET /a%0d%0aX:%20y HTTP/1.1'),
    answers: [200],
    seen: ['GET /a%0D%0AX:%20y []'],
  },
  'a lower-case method': refused(`${head('', 'get / HTTP/1.1')}${smuggled}`),
  'HTTP/2 in words': refused(`${head('', 'GET / HTTP/2.0')}${smuggled}`, 505),
  'the preface of HTTP/2': refused('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  'HTTP/1.1 in lower case': refused(`${head('', 'GET / http/1.1')}${smuggled}`),
  CONNECT: refused(`CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n${smuggled}`),
  'CONNECT with a path': refused(`${head('', 'CONNECT / HTTP/1.1')}${smuggled}`, 405),
  TRACE: refused(`${head('', 'TRACE / HTTP/1.1')}${smuggled}`, 405),
  'OPTIONS *': refused(`${head('', 'OPTIONS * HTTP/1.1')}${smuggled}`),
  'a target without a slash': refused(`${head('', 'GET smuggled HTTP/1.1')}${smuggled}`),
  'an absolute target': {
    raw: head('Connection: close\r\n', 'GET http://other.test/path?q HTTP/1.1'),
    answers: [200],
    seen: ['GET /path?q []'],
  },
  'an absolute target with a user': refused(`${head('', 'GET http://user@x/ HTTP/1.1')}${smuggled}`),
  'a chunk size that is none': { raw: `${head('Transfer-Encoding: chunked\r\n')}z\r\n${smuggled}`, answers: [400] },
  'a chunk size with 0x': { raw: `${head('Transfer-Encoding: chunked\r\n')}0x5\r\nhello\r\n0\r\n\r\n`, answers: [400] },
  'a negative chunk size': { raw: `${head('Transfer-Encoding: chunked\r\n')}-5\r\nhello\r\n0\r\n\r\n`, answers: [400] },
  'an empty chunk size': { raw: `${head('Transfer-Encoding: chunked\r\n')}\r\n5\r\nhello`, answers: [400] },
  'a chunk size that overflows': {
    raw: `${head('Transfer-Encoding: chunked\r\n')}10000000000000005\r\nhello\r\n0\r\n\r\n`,
    answers: [400],
  },
  'a chunk longer than it says': {
    raw: `${head('Transfer-Encoding: chunked\r\n')}3\r\nhello\r\n0\r\n\r\n${smuggled}`,
    answers: [400],
  },
  'a carriage return in a chunk size': {
    raw: `${head('Transfer-Encoding: chunked\r\n')}5\r\rhello\r\n0\r\n\r\n`,
    answers: [400],
  },
  'a chunk with an extension': {
    raw: `${head('Transfer-Encoding: chunked\r\nConnection: close\r\n')}5;a="b"\r\nhello\r\n0;x\r\n\r\n`,
    answers: [200],
    seen: ['POST / [hello]'],
  },
  'a request in an extension stays one': {
    raw: `${head('Transfer-Encoding: chunked\r\nConnection: close\r\n')}5;GET /smuggled HTTP/1.1\r\nhello\r\n0\r\n\r\n`,
    answers: [200],
    seen: ['POST / [hello]'],
  },
  'trailers are not passed on': {
    raw: `${head('Transfer-Encoding: chunked\r\nConnection: close\r\n')}5\r\nhello\r\n0\r\nContent-Length: 99\r\n\r\n`,
    answers: [200],
    seen: ['POST / [hello]'],
  },
  'chunks that end in bare line feeds': {
    raw: `${head('Transfer-Encoding: CHUNKED\r\nConnection: close\r\n')}5\nhello\n0\n\n`,
    answers: [200],
    seen: ['POST / [hello]'],
  },
  'bare line feeds': {
    raw: 'POST / HTTP/1.1\nHost: x\nContent-Length: 5\nConnection: close\n\nhello',
    answers: [200],
    seen: ['POST / [hello]'],
  },
  'a length in GET': {
    raw: `${head('Content-Length: 36\r\n', 'GET / HTTP/1.1')}${smuggled.slice(0, 36).padEnd(36)}${head('Connection: close\r\n', 'GET /next HTTP/1.1')}`,
    answers: [200, 200],
    seen: [`GET / [${smuggled.slice(0, 36).padEnd(36)}]`, 'GET /next []'],
  },
  'a length named in Connection': {
    raw: `${head('Connection: close, Content-Length\r\nContent-Length: 36\r\n')}${smuggled.slice(0, 36).padEnd(36)}`,
    answers: [200],
    seen: [`POST / [${smuggled.slice(0, 36).padEnd(36)}]`],
  },
  'names with underscores are no framing': {
    raw: `${head('Content_Length: 36\r\nTransfer_Encoding: chunked\r\nConnection: close\r\n')}`,
    answers: [200],
    seen: ['POST / []'],
  },
  'leading empty lines': {
    raw: `\r\n\r\n\n${head('Connection: close\r\n', 'GET /a HTTP/1.1')}`,
    answers: [200],
    seen: ['GET /a []'],
  },
  'an upgrade to h2c': {
    raw: `${head('Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n')}${head('Connection: close\r\n', 'GET /next HTTP/1.1')}`,
    answers: [200, 200],
    seen: ['POST / []', 'GET /next []'],
  },
}

describe('a request that might be understood in two ways', () => {
  it.each(Object.entries(cases))('%s', async (_, { raw, answers, seen = [] }) => {
    const requests: string[] = []
    const port = await upstream(async (req, res) => {
      const chunks: Buffer[] = []
      for await (const chunk of req) chunks.push(chunk as Buffer)
      requests.push(`${req.method} ${req.url} [${Buffer.concat(chunks).toString('latin1')}]`)
      res.end('ok')
    })
    const { port: at } = await proxy(oneService(port))
    const me = client(at)
    me.send(raw)
    const said = await me.untilEnd()
    expect(said.match(/HTTP\/1\.1 \d+/g)?.map((line) => Number(line.slice(9)))).toEqual(answers)
    expect(requests).toEqual(seen)
  })
})

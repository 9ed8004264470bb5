import { connect } from 'node:http2'
import { text } from 'node:stream/consumers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { get, opener } from '../testing/opened.ts'
import { oneService } from '../testing/proxy.ts'
import { redactUrl } from './redact.ts'

const { proxy, upstream, client } = opener()
let lines: string[]
const log = { add: (line: string) => void lines.push(line) }
beforeEach(() => {
  lines = []
})

const id = '[0-9a-f]{32}'
const logged = () => vi.waitFor(() => expect(lines).not.toEqual([]))

async function lineOf(request: string, configuration: object = { services: [] }): Promise<string> {
  const { port } = await proxy(configuration, {}, log)
  const me = client(port)
  me.send(request)
  await me.untilEnd()
  await logged()
  expect(lines).toHaveLength(1)
  return lines[0] ?? ''
}

const ask = (path: string, headers = '') => get(path, `${headers}Connection: close\r\n`)

describe('the access log', () => {
  it("has Kong's format: nginx's combined one and the request id of the answer", async () => {
    const port = await upstream((_, response) => response.end('hello'))
    const line = await lineOf(ask('/v1/products?q=lamp', 'User-Agent: curl/8\r\n'), oneService(port))
    const time = String.raw`\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]`
    const request = String.raw`"GET /v1/products\?q=lamp HTTP/1\.1" 200 5 "-" "curl/8"`
    expect(line).toMatch(new RegExp(`^127\\.0\\.0\\.1 - - ${time} ${request} kong_request_id: "${id}"\n$`))
  })

  it('names the request by the id that its answer and its upstream see', async () => {
    let seen: unknown
    const port = await upstream((request, response) => {
      seen = request.headers['x-kong-request-id']
      response.end()
    })
    expect(await lineOf(ask('/'), oneService(port))).toContain(`kong_request_id: "${seen}"`)
  })

  it('has a line for a request that is refused, and for one over HTTP/2', async () => {
    expect(await lineOf('GET / HTTP/1.1\r\nBad Header: 1\r\n\r\n')).toMatch(/"GET \/ HTTP\/1\.1" 400 \d+ /)
    lines = []
    const port = await upstream((_, response) => response.end('hello'))
    const { server } = await proxy(oneService(port), {}, log)
    const session = connect(`http://127.0.0.1:${await server.listen('127.0.0.1', 0, { http2: true })}`)
    expect(await text(session.request({ ':path': '/two' }))).toBe('hello')
    session.close()
    await logged()
    expect(lines[0]).toMatch(/"GET \/two HTTP\/2\.0" 200 5 /)
  })

  it('says 499 of a client that went away before it was answered', async () => {
    const arrived = Promise.withResolvers<void>()
    const port = await upstream(() => arrived.resolve())
    const { port: at } = await proxy(oneService(port), {}, log)
    const me = client(at)
    me.send(get('/slow'))
    await arrived.promise
    me.socket.destroy()
    await logged()
    expect(lines[0]).toContain('"GET /slow HTTP/1.1" 499 0 ')
  })

  it('has neither credentials nor tickets', async () => {
    const headers = 'Authorization: Basic YWRhOnNlY3JldA==\r\nReferer: https://shop.test/a?jwt=abc\r\n'
    const line = await lineOf(ask('/v1/orders/live?ticket=abc.def&lastEventId=7', headers))
    expect(line).toContain('"GET /v1/orders/live?ticket=[redacted]&lastEventId=7 HTTP/1.1" 404')
    expect(line).toContain('"https://shop.test/a?jwt=[redacted]"')
    expect(line).not.toMatch(/YWRh|ada|abc/)
  })

  it('lets no client end a field or a line', async () => {
    const line = await lineOf(ask('/a"b\\c', 'User-Agent: x" 200 0\\ \xe9\t\r\n'))
    expect(line).toContain('"GET /a\\x22b\\x5Cc HTTP/1.1"')
    expect(line).toContain('"x\\x22 200 0\\x5C \\xE9\\x09" kong_request_id')
    expect(line.match(/\n/g)).toHaveLength(1)
  })
})

describe('a URL in the access log', () => {
  it.each([
    ['/plain', '/plain'],
    ['/?a=1&b=2', '/?a=1&b=2'],
    ['/?access_token=abc&a=1', '/?access_token=[redacted]&a=1'],
    ['/?a=1&apikey=abc#b', '/?a=1&apikey=[redacted]#b'],
    ['/?%74icket=abc', '/?%74icket=[redacted]'],
    ['/??ticket=abc', '/??ticket=[redacted]'],
    ['/?TICKET=abc;jwt=d', '/?TICKET=[redacted];jwt=[redacted]'],
    ['/#refresh_token=abc', '/#refresh_token=[redacted]'],
    ['/?ticket=', '/?ticket=[redacted]'],
    ['/?next=eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln', '/?next=[redacted]'],
    ['/eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln/x', '/[redacted]/x'],
    ['http://ada:secret@shop.test/?a=1', 'http://[redacted]@shop.test/?a=1'],
  ])('%s is written as %s', (url, written) => {
    expect(redactUrl(url)).toBe(written)
  })

  it.each(['?', '&=', 'eyJ', '-eyJ', 'eyJa.', 'http://', '?%74'])('of 60 KB of %s takes no time', (piece) => {
    const url = piece.repeat(60_000 / piece.length)
    const began = performance.now()
    redactUrl(url)
    expect(performance.now() - began).toBeLessThan(200)
  })
})

import { execFile } from 'node:child_process'
import { once } from 'node:events'
import http2, { type ClientHttp2Session } from 'node:http2'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import tls from 'node:tls'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket, { WebSocketServer } from 'ws'
import { defaultCertificate } from '../../tls/default-certificate.ts'
import { startProxy, startTcp, type TestProxy } from '../testing/proxy.ts'

const run = promisify(execFile)
let upstream: Awaited<ReturnType<typeof startEcho>>
let sockets: WebSocketServer
let slow: Awaited<ReturnType<typeof startTcp>>
let proxy: TestProxy
let port: number
let plainPort: number
let session: ClientHttp2Session

/** An upstream of HTTP/1.1 that answers with what it received. */
async function startEcho() {
  const { createServer } = await import('node:http')
  const server = createServer(async (request, response) => {
    if (request.url === '/large') return void response.end(Buffer.alloc(20_000_000, 'l'))
    let size = 0
    for await (const piece of request) size += (piece as Buffer).length
    response.setHeader('set-cookie', ['a=1', 'b=2'])
    response.setHeader('keep-alive', 'timeout=5')
    response.end(JSON.stringify({ line: `${request.method} ${request.url}`, headers: request.rawHeaders, size }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port: at } = server.address() as net.AddressInfo
  const close = () => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  }
  return { port: at, close }
}

beforeAll(async () => {
  upstream = await startEcho()
  slow = await startTcp((socket) => socket.resume())
  sockets = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(data)))
  await once(sockets, 'listening')
  const { port: socketPort } = sockets.address() as net.AddressInfo
  const service = (name: string, at: number, more: object = {}) => ({
    ...{ name, host: '127.0.0.1', port: at, retries: 0, ...more },
    routes: [{ name, paths: [`/${name}`] }],
  })
  proxy = await startProxy({
    services: [
      service('echo', upstream.port),
      service('slow', slow.port),
      service('gone', 1),
      service('socket', socketPort),
      service('idle', socketPort, { read_timeout: 300 }),
    ],
  })
  const identity = defaultCertificate({ certFiles: [], keyFiles: [], prefix: undefined, name: 'kong-default' })
  port = await proxy.server.listen('127.0.0.1', 0, { identity, http2: true })
  plainPort = await proxy.server.listen('127.0.0.1', 0, { http2: true })
  session = http2.connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false })
  session.on('error', () => undefined)
})

afterAll(async () => {
  session.destroy()
  await proxy.close()
  await upstream.close()
  await slow.close()
  for (const socket of sockets.clients) socket.terminate()
  await new Promise((resolve) => sockets.close(resolve))
})

interface Answer {
  readonly status: number
  readonly headers: http2.IncomingHttpHeaders
  readonly lines: readonly string[]
  readonly body: string
}

async function ask(headers: http2.OutgoingHttpHeaders | string[], body?: Buffer, over = session): Promise<Answer> {
  const stream = over.request(headers, { endStream: body === undefined })
  const answered = once(stream, 'response') as Promise<[http2.IncomingHttpHeaders, number, string[]]>
  if (body !== undefined) stream.end(body)
  const [fields, , lines] = await answered
  let text = ''
  stream.setEncoding('latin1')
  for await (const piece of stream) text += piece
  return { status: Number(fields[':status']), headers: fields, lines, body: text }
}

const curl = async (...words: string[]) => (await run('curl', ['-sSk', '--max-time', '20', ...words])).stdout

describe('a request over HTTP/2', () => {
  it('reaches the upstream as one of HTTP/1.1', async () => {
    const { status, body, headers } = await ask([
      ...[':method', 'GET', ':path', '/echo/a%20b?c=d', ':scheme', 'https', ':authority', 'Shop.test:8443'],
      ...['cookie', 'a=1', 'x-one', '1', 'cookie', 'b=2', 'x-one', '2', 'te', 'trailers'],
    ])
    const seen = JSON.parse(body) as { line: string; headers: string[] }
    const value = (name: string) =>
      seen.headers.filter((_, i) => i % 2 === 1 && seen.headers[i - 1]?.toLowerCase() === name)
    expect(status).toBe(200)
    expect(seen.line).toBe('GET /a%20b?c=d')
    expect(value('host')).toEqual([`127.0.0.1:${upstream.port}`])
    expect(value('cookie')).toEqual(['a=1; b=2'])
    expect(value('x-one')).toEqual(['1', '2'])
    expect(value('te')).toEqual(['trailers'])
    expect(value('via')).toEqual(['2 kong/3.9.1'])
    expect(value('x-forwarded-proto')).toEqual(['https'])
    expect(value('x-forwarded-host')).toEqual(['shop.test'])
    expect(headers['set-cookie']).toEqual(['a=1', 'b=2'])
    expect(headers['keep-alive']).toBeUndefined()
    expect(headers.via).toBe('1.1 kong/3.9.1')
    expect(proxy.logged.at(-1)?.request.httpVersion).toBe('2.0')
  })

  it('without a route is answered as ever', async () => {
    const { status, body } = await ask({ ':path': '/none' })
    expect([status, JSON.parse(body)]).toMatchObject([404, { message: 'no Route matched with those values' }])
  })

  it('to an upstream that is gone is answered 502', async () => {
    expect((await ask({ ':path': '/gone' })).status).toBe(502)
  })

  it('of HEAD has no body', async () => {
    const { status, body } = await ask({ ':path': '/echo', ':method': 'HEAD' })
    expect([status, body]).toEqual([200, ''])
  })

  it.each([
    [{ ':path': '/../x' }, 400],
    [{ ':path': '/%zz' }, 400],
    [{ ':path': '*', ':method': 'OPTIONS' }, 400],
    [{ ':path': '/echo', ':method': 'TRACE' }, 405],
    [{ ':path': '/echo', ':method': 'get' }, 400],
    [{ ':path': '/echo', 'x-large': 'x'.repeat(9000) }, 400],
    [{ ':path': '/echo', ':authority': 'a..b' }, 400],
  ])('that nginx would refuse is refused: %j', async (headers, status) => {
    expect((await ask(headers)).status).toBe(status)
  })

  it('carries a body of megabytes to the upstream, and one from it', async () => {
    const sent = await ask({ ':path': '/echo', ':method': 'PUT' }, Buffer.alloc(10_000_000))
    expect(JSON.parse(sent.body)).toMatchObject({ line: 'PUT /', size: 10_000_000 })
    expect((await ask({ ':path': '/echo/large' })).body).toHaveLength(20_000_000)
  })

  it('makes a fast upstream wait for a slow client', async () => {
    const stream = session.request({ ':path': '/echo/large' })
    await once(stream, 'response')
    await sleep(300)
    const before = proxy.logged.length
    let size = 0
    for await (const piece of stream) size += (piece as Buffer).length
    expect(size).toBe(20_000_000)
    await expect.poll(() => proxy.logged.length).toBeGreaterThan(before)
  })

  it('that is reset lets go of the upstream', async () => {
    const stream = session.request({ ':path': '/slow' })
    stream.on('error', () => undefined)
    await expect.poll(() => slow.sockets.size, { timeout: 10_000 }).toBe(1)
    stream.close(http2.constants.NGHTTP2_CANCEL)
    await expect.poll(() => slow.sockets.size, { timeout: 10_000 }).toBe(0)
  })

  it('is served beside two hundred others', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => ask({ ':path': `/echo/${i}` })))
    expect(answers.map(({ body }) => JSON.parse(body).line)).toEqual(answers.map((_, i) => `GET /${i}`))
  })

  it('can come without TLS, where the first bytes say so', async () => {
    const plain = http2.connect(`http://127.0.0.1:${plainPort}`)
    expect((await ask({ ':path': '/echo' }, undefined, plain)).status).toBe(200)
    plain.destroy()
    expect((await fetch(`http://127.0.0.1:${plainPort}/echo`)).status).toBe(200)
  })

  it('can come from curl', async () => {
    const at = `https://127.0.0.1:${port}/echo`
    expect(await curl('--http2', '-o', '/dev/null', '-w', '%{http_version} %{http_code}', at)).toBe('2 200')
    expect(JSON.parse(await curl('--http2', '-d', 'word', at))).toMatchObject({ line: 'POST /', size: 4 })
    expect(await curl('--http1.1', '-o', '/dev/null', '-w', '%{http_version} %{http_code}', at)).toBe('1.1 200')
    const plain = `http://127.0.0.1:${plainPort}/none`
    const version = ['--http2-prior-knowledge', '-o', '/dev/null', '-w', '%{http_version} %{http_code}']
    expect(await curl(...version, plain)).toBe('2 404')
  })
})

describe('a WebSocket over TLS', () => {
  const open = async (path: string) => {
    const socket = new WebSocket(`wss://127.0.0.1:${port}${path}`, { rejectUnauthorized: false })
    await once(socket, 'open')
    return socket
  }

  it('carries messages both ways, over a change of the configuration too', async () => {
    const socket = await open('/socket')
    for (const text of ['one', 'x'.repeat(200_000)]) {
      socket.send(text)
      const [data] = await once(socket, 'message')
      expect(String(data)).toBe(text)
    }
    socket.close(1000)
    const [code] = await once(socket, 'close')
    expect(code).toBe(1000)
  })

  it('is closed when the upstream closes it', async () => {
    const socket = await open('/socket')
    const closed = once(socket, 'close')
    for (const client of sockets.clients) client.close(4001, 'enough')
    expect((await closed)[0]).toBe(4001)
  })

  it('is closed when nothing was said for as long as its service allows', async () => {
    const socket = await open('/idle')
    expect((await once(socket, 'close'))[0]).toBe(1006)
  })
})

describe('whatever a client sends', () => {
  const frame = fc
    .record({
      type: fc.integer({ min: 0, max: 11 }),
      flags: fc.integer({ min: 0, max: 255 }),
      stream: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 0x7fffffff })),
      payload: fc.uint8Array({ maxLength: 200 }),
    })
    .map(({ type, flags, stream, payload }) => {
      const head = Buffer.alloc(9)
      head.writeUIntBE(payload.length, 0, 3)
      head[3] = type
      head[4] = flags
      head.writeUInt32BE(stream, 5)
      return Buffer.concat([head, payload])
    })
  const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1')

  it('the gateway goes on serving', { timeout: 60_000 }, async () => {
    const property = fc.asyncProperty(fc.array(frame, { maxLength: 12 }), fc.boolean(), async (frames, secure) => {
      const socket = secure
        ? tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ALPNProtocols: ['h2'] })
        : net.connect({ host: '127.0.0.1', port: plainPort })
      socket.on('error', () => undefined)
      socket.resume()
      await once(socket, secure ? 'secureConnect' : 'connect')
      socket.write(Buffer.concat([preface, ...frames]))
      socket.end()
      await Promise.race([once(socket, 'close'), sleep(50)])
      socket.destroy()
    })
    await fc.assert(property, { numRuns: 100 })
    expect((await ask({ ':path': '/echo' })).status).toBe(200)
  })
})

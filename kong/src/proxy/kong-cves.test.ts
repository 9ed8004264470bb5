import { once } from 'node:events'
import http2 from 'node:http2'
import { describe, expect, it } from 'vitest'
import { defaultSettings } from './settings.ts'
import { bytes, endHeaders, frame, frameTypes, opening } from './testing/frames.ts'
import { get, opener } from './testing/opened.ts'
import { oneService } from './testing/proxy.ts'

/** Vulnerabilities of Kong since 3.9.0 that a proxy of another make could have too; docs/security-kong-cves.md lists all. */
const { proxy, upstream, tcp, client } = opener()

const answering = () => upstream((_, response) => void response.end('served'))

async function startHttp2(upstreamPort: number, service: object = {}) {
  const started = await proxy(oneService(upstreamPort, service))
  const port = await started.server.listen('127.0.0.1', 0, { http2: true })
  const connect = () => {
    const session = http2.connect(`http://127.0.0.1:${port}`)
    session.on('error', () => undefined)
    return session
  }
  return { ...started, port, connect }
}

describe('CVE-2026-49975, heads of thousands of lines', () => {
  const lines = (count: number) => 'a: b\r\n'.repeat(count - 1)

  it('are accepted up to 1000 lines, and answered 400 beyond', async () => {
    const { port: at } = await tcp((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 204 No Content\r\n\r\n'))
    })
    const { port } = await proxy(oneService(at))
    const [exact, longer] = [client(port), client(port)]
    exact.send(get('/', lines(1000)))
    expect(await exact.until(/\r\n\r\n$/)).toMatch(/^HTTP\/1\.1 204 /)
    longer.send(get('/', lines(1001)))
    expect(await longer.untilEnd()).toMatch(/^HTTP\/1\.1 400 .*Request header or cookie too large/s)
  })

  it('are refused at the line beyond, before the head has ended', async () => {
    const { port } = await proxy(oneService(1))
    const endless = client(port)
    endless.send(`GET / HTTP/1.1\r\nHost: x\r\n${lines(1001)}`)
    expect(await endless.untilEnd()).toMatch(/^HTTP\/1\.1 400 /)
  })

  it.each(['a', 'cookie'])('reset the stream in HTTP/2, where one byte stands for a line (%s)', async (name) => {
    let asked = 0
    const { connect } = await startHttp2(await upstream((_, response) => void response.end(`${++asked}`)))
    const session = connect()
    const head = [':method', 'GET', ':path', '/', ':scheme', 'http', ':authority', 'x']
    const bomb = session.request([...head, ...Array.from({ length: 1001 }, () => [name, '']).flat()])
    const [error] = (await once(bomb, 'error')) as [Error]
    expect(error.message).toContain('NGHTTP2_ENHANCE_YOUR_CALM')
    const next = session.request({ ':path': '/' })
    next.resume()
    const [headers] = (await once(next, 'response')) as [http2.IncomingHttpHeaders]
    expect(headers[':status']).toBe(200)
    expect(asked).toBe(1)
    session.destroy()
  })
})

describe('CVE-2026-42055, large header lines on the way to a gRPC upstream', () => {
  it('never reach it', async () => {
    const silent = await tcp((socket) => socket.resume())
    const { connect } = await startHttp2(silent.port, { protocol: 'grpc' })
    const session = connect()
    const call = session.request({
      ':method': 'POST',
      ':path': '/',
      'content-type': 'application/grpc',
      large: 'x'.repeat(9000),
    })
    call.resume()
    const [headers] = (await once(call, 'response')) as [http2.IncomingHttpHeaders]
    expect(headers[':status']).toBe(400)
    expect(silent.sockets.size).toBe(0)
    session.destroy()
  })
})

describe('CVE-2026-1642, an answer that comes in plain text before the handshake with a TLS upstream', () => {
  it('is no answer', async () => {
    const injected = 'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\ninjected'
    const { port: at } = await tcp((socket) => void socket.write(injected))
    const { port } = await proxy(oneService(at, { protocol: 'https', retries: 0 }))
    const me = client(port)
    me.send(get('/', 'Connection: close\r\n'))
    const answer = await me.untilEnd()
    expect(answer).toMatch(/^HTTP\/1\.1 502 /)
    expect(answer).not.toContain('injected')
  })
})

describe('CVE-2026-123007, a flow-control window that overflows', () => {
  /** WINDOW_UPDATE by 2^31 - 1 (RFC 9113, 6.9.1). */
  const update = (stream: number) => frame(frameTypes.windowUpdate, 0, stream, '\x7f\xff\xff\xff')
  /** GET / of fields of HPACK's static table alone; the stream stays open. */
  const request = frame(frameTypes.headers, endHeaders, 1, '\x82\x86\x84')
  const flowControlError = bytes('\0\0\0\x03')

  it.each([
    ['the connection', opening + update(0) + update(0)],
    ['a stream', opening + request + update(1) + update(1)],
  ])('of %s ends the connection', async (_, sent) => {
    const { port, connect } = await startHttp2(await answering())
    const attacker = client(port)
    attacker.send(sent)
    expect(await attacker.untilEnd()).toMatch(flowControlError)
    const session = connect()
    const next = session.request({ ':path': '/' })
    next.resume()
    await once(next, 'response')
    session.destroy()
  })
})

describe('CVE-2026-123633, HTTP/2 while there is no connection left', () => {
  it('is reset, and the connections under way go on', async () => {
    const limits = { ...defaultSettings.limits, connections: 1 }
    const held = await tcp((socket) => socket.resume())
    const { server } = await proxy(oneService(held.port), { limits })
    const port = await server.listen('127.0.0.1', 0, { http2: true })
    const first = http2.connect(`http://127.0.0.1:${port}`)
    const waiting = first.request({ ':path': '/' })
    waiting.on('error', () => undefined)
    await expect.poll(() => held.sockets.size).toBe(1)
    const second = http2.connect(`http://127.0.0.1:${port}`)
    await once(second, 'error')
    for (const socket of held.sockets) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    const [headers] = (await once(waiting, 'response')) as [http2.IncomingHttpHeaders]
    expect(headers[':status']).toBe(200)
    first.destroy()
  })
})

describe('CVE-2023-44487, streams that are reset as soon as they are opened', () => {
  it('end the connection after a few hundred, and nobody else notices', async () => {
    let asked = 0
    const port = await upstream((_, response) => {
      asked += 1
      response.end('served')
    })
    const { connect } = await startHttp2(port)
    const attacker = connect()
    await once(attacker, 'connect')
    const goneAway = once(attacker, 'goaway')
    let sent = 0
    while (!attacker.closed && !attacker.destroyed && sent < 5000) {
      const stream = attacker.request({ ':path': '/' })
      stream.on('error', () => undefined)
      stream.close(http2.constants.NGHTTP2_CANCEL)
      sent += 1
      if (sent % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await goneAway
    expect(asked).toBeLessThan(400)
    const session = connect()
    const next = session.request({ ':path': '/' })
    next.resume()
    const [headers] = (await once(next, 'response')) as [http2.IncomingHttpHeaders]
    expect(headers[':status']).toBe(200)
    session.destroy()
    attacker.destroy()
  })
})

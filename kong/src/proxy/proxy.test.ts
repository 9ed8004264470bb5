import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { get, opener } from './testing/opened.ts'
import { oneService } from './testing/proxy.ts'

const { proxy, upstream, tcp, client } = opener()

describe('a connection of a client', () => {
  it('is answered one request after the other, in order, when they come at once', async () => {
    const port = await upstream((req, res) => setTimeout(() => res.end(`<${req.url}>`), req.url === '/1' ? 30 : 0))
    const { port: at } = await proxy(oneService(port))
    const me = client(at)
    me.send(get('/1') + get('/2') + get('/3', 'Connection: close\r\n'))
    expect((await me.untilEnd()).match(/<\/\d>/g)).toEqual(['</1>', '</2>', '</3>'])
  })

  it('stays open after a body that nobody read', async () => {
    const { port: at } = await proxy({ services: [] })
    const me = client(at)
    me.send(
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n12345678901234567890${get('/', 'Connection: close\r\n')}`,
    )
    expect((await me.untilEnd()).match(/HTTP\/1.1 404/g)).toHaveLength(2)
  })

  it('is closed after a request that is refused, and the answer arrives whole', async () => {
    const { port: at } = await proxy({ services: [] })
    const me = client(at)
    me.send(`GET / HTTP/1.1\r\nBad Header: 1\r\n\r\n${'x'.repeat(100_000)}`)
    expect(await me.untilEnd()).toMatch(
      /^HTTP\/1.1 400 Bad Request\r\n.*Connection: close\r\n.*Bad request\nrequest_id: [0-9a-f]{32}\n$/s,
    )
  })

  it('of HTTP/1.0 is kept open only when asked', async () => {
    const port = await upstream((_, res) => res.end('ok'))
    const { port: at } = await proxy(oneService(port))
    const once = client(at)
    once.send('GET / HTTP/1.0\r\n\r\n')
    expect(await once.untilEnd()).toMatch(/Connection: close\r\n/)
    const kept = client(at)
    kept.send('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n')
    expect((await kept.untilEnd()).match(/HTTP\/1.1 200/g)).toHaveLength(2)
  })

  it('is told to go on when it expects that', async () => {
    const port = await upstream((req, res) => req.pipe(res))
    const { port: at } = await proxy(oneService(port))
    const me = client(at)
    me.send('POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n')
    await me.until(/100 Continue\r\n\r\n/)
    me.send('hello')
    expect(await me.until(/hello/)).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK/)
  })

  it('is closed without an answer when no head comes in time', async () => {
    const settings = {
      client: { headerTimeout: 50, bodyTimeout: 50, sendTimeout: 50, keepAliveTimeout: 50, keepAliveRequests: 9 },
    }
    const { port: at } = await proxy({ services: [] }, settings)
    const me = client(at)
    me.send('GET / HT')
    expect(await me.untilEnd()).toBe('')
  })
})

describe('a body', () => {
  it('of any size reaches the upstream and comes back unchanged', async () => {
    const port = await upstream((req, res) => {
      const chunks: Buffer[] = []
      req.on('data', (chunk) => chunks.push(chunk)).on('end', () => res.end(Buffer.concat(chunks)))
    })
    const { port: at } = await proxy(oneService(port))
    const sent = randomBytes(6_000_000)
    const answer = await fetch(`http://127.0.0.1:${at}/`, { method: 'POST', body: sent })
    const back = Buffer.from(await answer.arrayBuffer())
    expect(createHash('md5').update(back).digest('hex')).toBe(createHash('md5').update(sent).digest('hex'))
  })

  it('streams to the upstream while it is still being sent, where the route does not buffer requests', async () => {
    const port = await upstream((req, res) => req.pipe(res))
    const { port: at } = await proxy(oneService(port, {}, { request_buffering: false }))
    const me = client(at)
    me.send('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n')
    await me.until(/first/)
    me.send('6\r\nsecond\r\n0\r\n\r\n')
    expect(await me.until(/0\r\n\r\n$/)).toMatch(/second/)
  })

  it('makes a fast upstream wait for a slow client', async () => {
    const total = 30_000_000
    const { port, sockets } = await tcp((socket) => {
      socket.once(
        'data',
        () => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${total}\r\n\r\n`) && socket.write(Buffer.alloc(total)),
      )
    })
    const { port: at } = await proxy(oneService(port))
    const me = client(at)
    me.send(get('/'))
    await me.until(/200 OK/)
    me.socket.pause()
    const [peer] = sockets
    let before = -1
    await vi.waitFor(
      () => {
        const written = peer?.bytesWritten === undefined ? 0 : peer.bytesWritten - peer.writableLength
        const still = written === before
        before = written
        expect(still).toBe(true)
      },
      { interval: 200, timeout: 10_000 },
    )
    expect(peer?.writableLength).toBeGreaterThan(0)
    me.socket.resume()
    await vi.waitFor(() => expect(me.socket.bytesRead).toBeGreaterThan(total), { timeout: 10_000 })
  })

  it('that breaks the rules of chunks is answered 400', async () => {
    const port = await upstream((_, res) => res.end('ok'))
    const { port: at } = await proxy(oneService(port))
    const me = client(at)
    me.send('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n')
    expect(await me.untilEnd()).toMatch(/^HTTP\/1.1 400 .*Connection: close/s)
  })
})

describe('the upstream', () => {
  it('is let go when the client goes away', async () => {
    const { port, sockets } = await tcp((socket) => void socket.resume())
    const { port: at, logged } = await proxy(oneService(port))
    const me = client(at)
    me.send(get('/'))
    await vi.waitFor(() => expect(sockets.size).toBe(1))
    me.socket.destroy()
    await vi.waitFor(() => expect(sockets.size).toBe(0))
    await vi.waitFor(() => expect(logged).toHaveLength(1))
  })

  it('is asked over one connection for one request after the other', async () => {
    let connections = 0
    const { port } = await tcp((socket) => {
      connections += 1
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'))
    })
    const { port: at } = await proxy(oneService(port))
    const me = client(at)
    for (let i = 1; i <= 3; i++) {
      me.send(get('/'))
      await me.until(new RegExp(`(ok.*){${i}}`, 's'))
    }
    expect(connections).toBe(1)
  })

  it('is tried once more when it has just closed a kept connection, without using up a retry', async () => {
    let connections = 0
    const { port } = await tcp((socket) => {
      const first = ++connections === 1
      let asked = 0
      socket.on('data', () => {
        if (first && ++asked === 2) socket.destroy()
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      })
    })
    const { port: at } = await proxy(oneService(port, { retries: 0 }))
    const me = client(at)
    me.send(get('/1'))
    await me.until(/ok/)
    me.send(get('/2'))
    expect((await me.until(/ok.*ok|HTTP\/1.1 50\d/s)).match(/HTTP\/1.1 200/g)).toHaveLength(2)
    expect(connections).toBe(2)
  })

  it('that is told to upgrade to a WebSocket gets a tunnel', async () => {
    const { port } = await tcp((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhi')
        socket.on('data', (bytes) => socket.write(`<${bytes}>`))
      })
    })
    const { port: at } = await proxy(oneService(port))
    const me = client(at)
    me.send(get('/', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'))
    await me.until(/hi$/)
    me.send('frame')
    expect(await me.until(/<frame>/)).toMatch(/^HTTP\/1.1 101 Switching Protocols\r\n.*Upgrade: websocket/is)
  })

  it.each([
    ['closes at once', ''],
    ['answers garbage', 'garbage\r\n\r\n'],
    ['closes within its head', 'HTTP/1.1 200 OK\r\nContent-'],
    ['sends too large a head', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(9000)}\r\n\r\n`],
  ])('that %s makes 502 and harms nobody else', async (_, answer) => {
    const bad = await tcp((socket) => socket.once('data', () => socket.end(answer)))
    const good = await upstream((_, res) => res.end('fine'))
    const { port: at } = await proxy({
      services: [
        { name: 'bad', host: '127.0.0.1', port: bad.port, retries: 0, routes: [{ name: 'bad', paths: ['/bad'] }] },
        { name: 'good', host: '127.0.0.1', port: good, routes: [{ name: 'good', paths: ['/good'] }] },
      ],
    })
    const me = client(at)
    me.send(get('/bad') + get('/good', 'Connection: close\r\n'))
    expect((await me.untilEnd()).match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 502', 'HTTP/1.1 200'])
  })

  it('that never answers makes 504', async () => {
    const { port } = await tcp((socket) => void socket.resume())
    const { port: at } = await proxy(oneService(port, { retries: 0, read_timeout: 50 }))
    const me = client(at)
    me.send(get('/'))
    expect(await me.until(/request_id/)).toMatch(/^HTTP\/1.1 504 Gateway Time-out/)
  })
})

describe('closing the server', () => {
  it('finishes the request under way and closes idle connections', async () => {
    let answer: (() => void) | undefined
    const port = await upstream((_, res) => {
      answer = () => res.end('late')
    })
    const { port: at, server } = await proxy(oneService(port))
    const idle = client(at)
    const busy = client(at)
    busy.send(get('/'))
    await vi.waitFor(() => expect(answer).toBeDefined())
    const closed = server.close({ graceMs: 5000 })
    await idle.untilEnd()
    answer?.()
    expect(await busy.untilEnd()).toMatch(/^HTTP\/1.1 200 .*Connection: close.*late$/s)
    await closed
  })

  it('cuts off what takes longer than the grace', async () => {
    const { port } = await tcp((socket) => void socket.resume())
    const { port: at, server, logged } = await proxy(oneService(port))
    const me = client(at)
    me.send(get('/'))
    await vi.waitFor(() => expect(me.socket.bytesWritten).toBeGreaterThan(0))
    await server.close({ graceMs: 50 })
    expect(await me.untilEnd()).toBe('')
    await vi.waitFor(() => expect(logged.length).toBeLessThanOrEqual(1))
  })
})

describe('a reload', () => {
  it('lets requests under way finish under the configuration that they began with', async () => {
    let answer: (() => void) | undefined
    const port = await upstream((req, res) => {
      if (req.url === '/slow') answer = () => res.end('old')
      else res.end('new')
    })
    const { port: at, load } = await proxy(oneService(port))
    const me = client(at)
    me.send(get('/slow'))
    await vi.waitFor(() => expect(answer).toBeDefined())
    load(oneService(port, { path: '/base' }))
    answer?.()
    expect(await me.until(/old$/)).toMatch(/200 OK/)
  })
})

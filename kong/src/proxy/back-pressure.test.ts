import type { Socket } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { get, opener } from './testing/opened.ts'
import { oneService } from './testing/proxy.ts'

const { proxy, upstream, tcp, client } = opener()

/** Waits until a number has stopped to grow, and answers it. */
async function settled(read: () => number): Promise<number> {
  let before = -1
  await vi.waitFor(
    () => {
      const now = read()
      const still = now === before && now > 0
      before = now
      expect(still).toBe(true)
    },
    { interval: 300, timeout: 20_000 },
  )
  return before
}

/** What a socket has handed to the system. */
const handedOn = (socket: Socket): number => socket.bytesWritten - socket.writableLength

/** So much may lie in buffers of the system and of the gateway on the way. */
const onTheWay = 16_000_000

describe('back-pressure', () => {
  it('makes a fast client wait for a slow upstream, where the body streams', async () => {
    const { port, sockets } = await tcp((socket) => void socket.pause())
    const { port: at } = await proxy(oneService(port, {}, { request_buffering: false }))
    const me = client(at)
    const total = 60_000_000
    me.send(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${total}\r\n\r\n`)
    me.socket.write(Buffer.alloc(total))
    expect(await settled(() => handedOn(me.socket))).toBeLessThan(onTheWay)
    const [peer] = sockets
    peer?.resume()
    await vi.waitFor(() => expect(peer?.bytesRead).toBeGreaterThan(total), { timeout: 20_000 })
  }, 60_000)

  it('does not answer a client on and on that asks on and on and never reads', async () => {
    let answers = 0
    const port = await upstream((_, res) => {
      answers += 1
      res.end(Buffer.alloc(60_000))
    })
    const { port: at } = await proxy(oneService(port))
    const me = client(at)
    me.socket.pause()
    me.send(get('/').repeat(1000))
    const answered = await settled(() => answers)
    expect(answered).toBeLessThan(onTheWay / 60_000)
  }, 60_000)

  it('sends a large answer of its own to its end, though the client reads late', async () => {
    const body = 'x'.repeat(3_000_000)
    const termination = { name: 'request-termination', config: { status_code: 200, body } }
    const { port: at } = await proxy({ ...oneService(9), plugins: [termination] })
    const me = client(at)
    me.socket.pause()
    me.send(get('/', 'Connection: close\r\n'))
    await settled(() => me.socket.bytesRead + 1)
    me.socket.resume()
    expect((await me.untilEnd()).endsWith(body)).toBe(true)
  }, 60_000)

  it('answers a client that was to be told to go on without that, and closes, when the body is not wanted', async () => {
    const { port: at } = await proxy({ services: [] })
    const me = client(at)
    me.send('POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 50\r\n\r\n')
    expect(await me.untilEnd()).toMatch(/^HTTP\/1.1 404 .*Connection: close/s)
  })
})

describe('a tunnel', () => {
  const handshake = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'
  const ask = get('/', 'Connection: Upgrade\r\nUpgrade: websocket\r\n')

  it('stays open while the upstream talks, though the client is silent', async () => {
    const { port } = await tcp((socket) => {
      socket.once('data', () => {
        socket.write(handshake)
        let said = 0
        const talking = setInterval(() => socket.write(`<${++said}>`), 50)
        socket.on('close', () => clearInterval(talking))
      })
    })
    const { port: at } = await proxy(oneService(port, { read_timeout: 1000 }))
    const me = client(at)
    me.send(ask)
    expect(await me.until(/<40>/)).toMatch(/<40>/)
  })

  it('ends when the upstream is silent for longer than its service allows', async () => {
    const { port } = await tcp((socket) => void socket.once('data', () => socket.write(handshake)))
    const { port: at, logged } = await proxy(oneService(port, { read_timeout: 100 }))
    const me = client(at)
    me.send(ask)
    expect(await me.untilEnd()).toMatch(/^HTTP\/1.1 101 /)
    await vi.waitFor(() => expect(logged).toHaveLength(1))
  })

  it('hands on what the upstream said last', async () => {
    const { port } = await tcp(
      (socket) => void socket.once('data', () => socket.end(`${handshake}${'z'.repeat(500_000)}`)),
    )
    const { port: at } = await proxy(oneService(port))
    const me = client(at)
    me.send(ask)
    expect((await me.untilEnd()).length).toBeGreaterThan(500_000)
  })
})

import { once } from 'node:events'
import http2 from 'node:http2'
import { describe, expect, it } from 'vitest'
import { defaultSettings } from './settings.ts'
import { opener } from './testing/opened.ts'
import { oneService, type TestClient, type TestProxy } from './testing/proxy.ts'

const { proxy, upstream, tcp, client } = opener()

const limited = (limits: Partial<typeof defaultSettings.limits>) => ({
  limits: { ...defaultSettings.limits, ...limits },
})
const chunkedPost = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'
const chunk = `${(16_384).toString(16)}\r\n${'x'.repeat(16_384)}\r\n`
/** What one read of a socket can bring beyond a limit before it is noticed. */
const oneRead = 65_536
const sizeLimit = (allowed_payload_size: number) => ({
  plugins: [{ name: 'request-size-limiting', config: { allowed_payload_size, size_unit: 'bytes' } }],
})

/** Sends chunks until the gateway closes the connection. Returns the answer and the most that was spooled meanwhile. */
async function sendForever(
  sender: TestClient,
  { server }: TestProxy,
): Promise<{ answer: string; mostSpooled: number }> {
  let mostSpooled = 0
  sender.send(chunkedPost)
  const push = () => {
    mostSpooled = Math.max(mostSpooled, server.spooledBytes)
    if (!sender.socket.destroyed && sender.socket.writable) sender.socket.write(chunk, 'latin1', push)
  }
  push()
  await sender.until(/request_id: .*\n|"request_id":".*"\n/)
  const answer = await sender.until(/request_id/)
  sender.socket.destroy()
  return { answer, mostSpooled }
}

/** An upstream that counts what it receives of bodies. */
async function counting() {
  const received = { requests: 0, bytes: 0 }
  const port = await upstream(async (request, response) => {
    received.requests += 1
    request.on('data', (piece: Buffer) => {
      received.bytes += piece.length
    })
    request.on('end', () => response.end(`got ${received.bytes}`))
    request.on('error', () => undefined)
  })
  return { received, port }
}

describe('client_max_body_size', () => {
  it('refuses a longer Content-Length before the body is read or the upstream is asked', async () => {
    const { received, port } = await counting()
    const { port: at } = await proxy(oneService(port), limited({ maxBodyBytes: 10 }))
    const exact = client(at)
    exact.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nConnection: close\r\n\r\n0123456789')
    expect(await exact.untilEnd()).toMatch(/^HTTP\/1\.1 200 .*got 10$/s)
    const longer = client(at)
    longer.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n')
    const answer = await longer.untilEnd()
    expect(answer).toMatch(/^HTTP\/1\.1 413 Request Entity Too Large\r\n/)
    expect(answer).toMatch(/^connection: close\r$/im)
    expect(answer).toContain('Payload too large\nrequest_id: ')
    expect(received.requests).toBe(1)
  })

  it('cuts off an endless chunked body at the limit and frees what was spooled of it', async () => {
    const { received, port } = await counting()
    const started = await proxy(oneService(port), limited({ maxBodyBytes: 200_000 }))
    const { answer, mostSpooled } = await sendForever(client(started.port), started)
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(mostSpooled).toBeLessThanOrEqual(200_000)
    expect(received.requests).toBe(0)
    await expect.poll(() => started.server.spooledBytes).toBe(0)
  })

  it('holds where the body is streamed to the upstream', async () => {
    const { received, port } = await counting()
    const unbuffered = oneService(port, {}, { request_buffering: false })
    const started = await proxy(unbuffered, limited({ maxBodyBytes: 200_000 }))
    const { answer, mostSpooled } = await sendForever(client(started.port), started)
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(received.bytes).toBeLessThanOrEqual(200_000)
    expect(mostSpooled).toBe(0)
  })

  it('cuts off an endless body of HTTP/2', async () => {
    const { received, port } = await counting()
    const { server } = await proxy(oneService(port), limited({ maxBodyBytes: 200_000 }))
    const session = http2.connect(`http://127.0.0.1:${await server.listen('127.0.0.1', 0, { http2: true })}`)
    session.on('error', () => undefined)
    const stream = session.request({ ':method': 'POST', ':path': '/' })
    stream.on('error', () => undefined)
    const push = () => {
      if (!stream.destroyed && !stream.closed) stream.write(Buffer.alloc(16_384), push)
    }
    push()
    const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders]
    expect(headers[':status']).toBe(413)
    expect(server.spooledBytes).toBeLessThanOrEqual(200_000)
    expect(received.requests).toBe(0)
    session.destroy()
    await expect.poll(() => server.spooledBytes).toBe(0)
  })
})

describe('request-size-limiting', () => {
  it('answers an endless chunked body once it exceeds the limit', async () => {
    const { received, port } = await counting()
    const started = await proxy(oneService(port, {}, sizeLimit(100_000)))
    const { answer, mostSpooled } = await sendForever(client(started.port), started)
    expect(answer).toMatch(/^HTTP\/1\.1 413 .*Request size limit exceeded/s)
    expect(mostSpooled).toBeLessThanOrEqual(100_000 + oneRead)
    expect(received.requests).toBe(0)
    await expect.poll(() => started.server.spooledBytes).toBe(0)
  })

  it('leaves a body in wrong chunks to be answered 400', async () => {
    const { port } = await counting()
    const { port: at } = await proxy(oneService(port, {}, sizeLimit(1000)))
    const sender = client(at)
    sender.send(`${chunkedPost}z\r\n`)
    expect(await sender.untilEnd()).toMatch(/^HTTP\/1\.1 400 .*Bad request/s)
  })
})

describe('the budget for spooled bodies', () => {
  const half = (length: number) =>
    `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${2 * length}\r\n\r\n${'x'.repeat(length)}`

  it('answers 503 to the body that exceeds it, and lets the others go on', async () => {
    const { port } = await counting()
    const { port: at, server } = await proxy(oneService(port), limited({ spoolBytes: 300_000 }))
    const first = client(at)
    first.send(half(100_000))
    await expect.poll(() => server.spooledBytes).toBe(100_000)
    const second = client(at)
    second.send(half(250_000))
    const answer = await second.untilEnd()
    expect(answer).toMatch(/^HTTP\/1\.1 503 .*Too many request bodies are being received/s)
    expect(answer).toMatch(/^retry-after: 1\r$/im)
    expect(answer).toMatch(/^connection: close\r$/im)
    await expect.poll(() => server.spooledBytes).toBe(100_000)
    first.send('x'.repeat(100_000))
    expect(await first.until(/got \d+$/)).toMatch(/^HTTP\/1\.1 200 .*got 200000$/s)
    await expect.poll(() => server.spooledBytes).toBe(0)
  })

  it('is given back when a client goes away', async () => {
    const silent = await tcp((socket) => socket.resume())
    const { port: at, server } = await proxy(oneService(silent.port))
    const sender = client(at)
    sender.send(half(100_000))
    await expect.poll(() => server.spooledBytes).toBe(100_000)
    sender.socket.destroy()
    await expect.poll(() => server.spooledBytes).toBe(0)
  })
})

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startProxy, startTcp, TestClient, type TestProxy } from './testing/proxy.ts'

/** What the upstream answers to the next request; then it ends the connection. */
let upstreamSays = Buffer.alloc(0)
let proxy: TestProxy
let upstream: Awaited<ReturnType<typeof startTcp>>
let echo: Awaited<ReturnType<typeof startTcp>>

beforeAll(async () => {
  upstream = await startTcp((socket) => socket.once('data', () => socket.end(upstreamSays)))
  echo = await startTcp((socket) => {
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'))
  })
  const service = { host: '127.0.0.1', retries: 0, read_timeout: 1000 }
  const client = {
    headerTimeout: 200,
    bodyTimeout: 200,
    sendTimeout: 1000,
    keepAliveTimeout: 200,
    keepAliveRequests: 100,
  }
  const services = [
    { ...service, name: 'fuzzed', port: upstream.port, routes: [{ name: 'fuzzed', paths: ['/fuzzed'] }] },
    { ...service, name: 'echo', port: echo.port, routes: [{ name: 'echo', paths: ['/'] }] },
  ]
  proxy = await startProxy({ services }, { client })
})

afterAll(async () => {
  await proxy.close()
  await upstream.close()
  await echo.close()
})

async function answerTo(text: string): Promise<string> {
  const client = new TestClient(proxy.port)
  client.send(text)
  client.socket.end()
  const answer = await client.untilEnd()
  client.socket.destroy()
  return answer
}

/** The gateway still serves: the proof that what came before did no harm. */
async function stillServes(): Promise<void> {
  const client = new TestClient(proxy.port)
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  expect(await client.until(/ok$/)).toMatch(/^HTTP\/1.1 200 OK\r\n/)
  client.socket.destroy()
}

const piece = fc.oneof(
  fc.constantFrom(
    'GET / HTTP/1.1\r\n',
    'POST / HTTP/1.1\r\n',
    'Host: x\r\n',
    'Content-Length: 5\r\n',
    'Transfer-Encoding: chunked\r\n',
  ),
  fc.constantFrom(
    '\r\n',
    '\r\n\r\n',
    '5\r\nhello\r\n',
    '0\r\n\r\n',
    'Connection: upgrade, x\r\n',
    'Upgrade: websocket\r\n',
    'Expect: 100-continue\r\n',
  ),
  fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
)

describe('any bytes', () => {
  it('of a client get answers or a closed connection, and harm nobody', async () => {
    const texts = fc.array(piece, { minLength: 1, maxLength: 14 }).map((parts) => parts.join(''))
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const answer = await answerTo(text)
        expect(answer === '' || /^HTTP\/1\.1 \d{3} |^ok$|request_id/.test(answer)).toBe(true)
      }),
      { numRuns: 300 },
    )
    await stillServes()
  }, 60_000)

  it('of an upstream become an answer, and harm nobody', async () => {
    const parts = fc.oneof(
      piece,
      fc.constantFrom(
        'HTTP/1.1 200 OK\r\n',
        'HTTP/1.1 100 Continue\r\n\r\n',
        'HTTP/1.1 101 Switching\r\n',
        'HTTP/1.0 204 No\r\n',
        'X: y\r\n',
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(parts, { maxLength: 10 }), async (texts) => {
        upstreamSays = Buffer.from(texts.join(''), 'latin1')
        const client = new TestClient(proxy.port)
        client.send('GET /fuzzed HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
        expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 \d{3} /)
        client.socket.destroy()
      }),
      { numRuns: 300 },
    )
    await stillServes()
  }, 60_000)
})

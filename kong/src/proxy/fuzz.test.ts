import http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anyBytes, cuts, cutUp, fuzz, fuzzTimeout, mutations } from './testing/fuzzing.ts'
import { startProxy, startTcp, TestClient, type TestProxy } from './testing/proxy.ts'
import { readAnswers } from './testing/read-answers.ts'

/** What an upstream does with a request: each piece is written in a turn of its own. */
interface Script {
  /** Whether it waits for the request's head, or talks at once. */
  readonly waits: boolean
  readonly pieces: readonly string[]
  readonly ending: 'end' | 'reset' | 'silence'
}

let script: Script = { waits: true, pieces: [], ending: 'end' }
let proxy: TestProxy
let scripted: Awaited<ReturnType<typeof startTcp>>
/** Node's own strict server: what it refuses should never have been sent to it. */
let strict: http.Server
let strictRequests = 0
const refusedByUpstream: string[] = []
/** Kong passes on methods that Node does not know, and bytes of queries and values; an end is no fault. */
const excusable: ReadonlySet<string> = new Set([
  'HPE_INVALID_METHOD',
  'HPE_INVALID_HEADER_TOKEN',
  'HPE_INVALID_URL',
  'HPE_INVALID_EOF_STATE',
])

async function play(socket: Socket): Promise<void> {
  const { pieces, ending } = script
  for (const piece of pieces) {
    if (socket.destroyed) return
    socket.write(piece, 'latin1')
    await turn()
  }
  if (ending === 'end') socket.end()
  else if (ending === 'reset') socket.resetAndDestroy()
}

beforeAll(async () => {
  scripted = await startTcp((socket) => {
    if (script.waits) socket.once('data', () => void play(socket))
    else void play(socket)
    socket.resume()
  })
  strict = http.createServer(async (request, response) => {
    strictRequests += 1
    const { url } = request
    request.on('error', () => undefined)
    request.resume().on('end', () => response.end(`<${url}>`))
  })
  strict.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code?.startsWith('HPE_') && !excusable.has(error.code))
      refusedByUpstream.push(`${error.code} ${error.message}`)
    socket.destroy()
  })
  await new Promise<void>((resolve) => strict.listen(0, '127.0.0.1', resolve))
  const client = { headerTimeout: 3000, bodyTimeout: 3000, sendTimeout: 3000, keepAliveTimeout: 3000 }
  const service = { host: '127.0.0.1', retries: 1, read_timeout: 100 }
  const bad = { ...service, port: scripted.port }
  const services = [
    { ...bad, name: 'bad', routes: [{ name: 'bad', paths: ['/bad'] }] },
    { ...bad, name: 'live', routes: [{ name: 'live', paths: ['/live'], request_buffering: false }] },
    {
      ...service,
      read_timeout: 2000,
      name: 'good',
      port: (strict.address() as AddressInfo).port,
      routes: [{ name: 'good', paths: ['/'], strip_path: false }],
    },
  ]
  proxy = await startProxy({ services }, { client: { ...client, keepAliveRequests: 100 } })
})

afterAll(async () => {
  await proxy.close()
  await scripted.close()
  strict.closeAllConnections()
  strict.close()
})

/** Sends pieces, ends our side, and answers everything that came back. */
async function answerTo(pieces: readonly string[]): Promise<string> {
  const client = new TestClient(proxy.port)
  for (const piece of pieces) {
    client.send(piece)
    if (pieces.length > 1) await turn()
  }
  client.socket.end()
  const answer = await client.untilEnd()
  client.socket.destroy()
  return answer
}

/** The gateway still serves: the proof that what came before did no harm. */
async function stillServes(): Promise<void> {
  const client = new TestClient(proxy.port)
  client.send('GET /alive HTTP/1.1\r\nHost: x\r\n\r\n')
  expect(await client.until(/<\/alive>/)).toMatch(/^HTTP\/1.1 200 OK\r\n/)
  client.socket.destroy()
}

const fragments = fc.oneof(
  fc.constantFrom(
    'GET / HTTP/1.1\r\n',
    'POST / HTTP/1.1\r\n',
    'HEAD /a HTTP/1.0\r\n',
    'Host: x\r\n',
    '\r\n',
    '\r\n\r\n',
  ),
  fc.constantFrom('Content-Length: 5\r\n', 'Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n', '0\r\n\r\n', 'hello'),
  fc.constantFrom(
    'Connection: upgrade, x\r\n',
    'Upgrade: websocket\r\n',
    'Expect: 100-continue\r\n',
    'Connection: close\r\n',
  ),
  anyBytes,
)

const validRequests = fc.constantFrom(
  'GET /a?b=c HTTP/1.1\r\nHost: x\r\nAccept: */*\r\nCookie: a=b\r\n\r\n',
  'POST /p HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nhello world',
  'POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n',
  'PUT /e HTTP/1.1\r\nHost: x:80\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello',
  'GET http://x/abs HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, X-Y\r\nX-Y: 1\r\nTE: trailers\r\n\r\n',
  'GET /1 HTTP/1.1\r\nHost: x\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: x\r\n\r\nGET /3 HTTP/1.0\r\n\r\n',
)

const validAnswers = fc.constantFrom(
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\nX: y\r\n\r\n',
  'HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nuntil the end',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nframes',
  'HTTP/1.1 204 No Content\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n\r\n',
  `HTTP/1.1 200 OK\r\nX-Large: ${'x'.repeat(4000)}\r\nContent-Length: 2\r\n\r\nok`,
  `HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n${'y'.repeat(70_000)}`,
)

/** Requests for the upstream that misbehaves; each with its method. */
const askers = fc.constantFrom(
  ['GET', 'GET /bad HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['HEAD', 'HEAD /bad HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['POST', 'POST /bad HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello'],
  ['PUT', 'PUT /live HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'],
  ['POST', `POST /live HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n${'z'.repeat(70_000)}`],
  ['GET', 'GET /bad HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n'],
) as fc.Arbitrary<[method: string, request: string]>

const scripts: fc.Arbitrary<Script> = fc.record({
  waits: fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  pieces: fc
    .tuple(
      fc.oneof(
        mutations(validAnswers),
        fc.array(fc.oneof(validAnswers, anyBytes)).map((all) => all.join('')),
      ),
      cuts,
    )
    .map(([text, places]) => cutUp(text, places)),
  ending: fc.oneof(
    { weight: 20, arbitrary: fc.constant<'end' | 'reset' | 'silence'>('end') },
    { weight: 10, arbitrary: fc.constant<'end' | 'reset' | 'silence'>('reset') },
    { weight: 1, arbitrary: fc.constant<'end' | 'reset' | 'silence'>('silence') },
  ),
})

describe('any bytes', () => {
  it(
    'of a client get answers or a closed connection, and harm nobody',
    async () => {
      const texts = fc.array(fragments, { minLength: 1, maxLength: 14 }).map((parts) => parts.join(''))
      await fuzz('bytes of a client', fc.tuple(texts, cuts), async ([text, places]) => {
        const answer = await answerTo(cutUp(text, places))
        expect(answer === '' || /^HTTP\/1\.1 \d{3} |^<\/|request_id/.test(answer)).toBe(true)
      })
      await stillServes()
    },
    fuzzTimeout,
  )

  it(
    'that were once a valid request reach the upstream as valid requests or not at all',
    async () => {
      await fuzz('mutated requests', fc.tuple(mutations(validRequests), cuts), async ([text, places]) => {
        const before = strictRequests
        refusedByUpstream.length = 0
        const answer = await answerTo(cutUp(text, places))
        const answers = answer.match(/HTTP\/1\.1 (?!100)\d{3} /g)?.length ?? 0
        expect(refusedByUpstream).toEqual([])
        // One try more than answers: the client may have ended before the last one could be sent.
        if (!/HTTP\/0\.9/.test(text) && answer.startsWith('HTTP/'))
          expect(strictRequests - before).toBeLessThanOrEqual(answers + 1)
      })
      await stillServes()
    },
    fuzzTimeout,
  )

  it(
    'of an upstream become an answer or a cut connection, and the next request gets its own answer',
    async () => {
      await fuzz(
        'scripts of an upstream',
        fc.tuple(scripts, askers, fc.nat()),
        async ([next, [method, request], id]) => {
          script = next
          const client = new TestClient(proxy.port)
          const upgrades = request.includes('websocket')
          client.send(request)
          if (!upgrades) client.send(`GET /own/${id} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
          const text = await client.untilEnd()
          client.socket.destroy()
          if (upgrades && text.startsWith('HTTP/1.1 101 ')) return
          const [first, second] = readAnswers(text, [method, 'GET'])
          expect(first?.status).toBeGreaterThanOrEqual(200)
          if (second) expect(second).toMatchObject({ status: 200, body: `</own/${id}>` })
          else if (!upgrades && first?.whole) expect(first.head).toMatch(/^connection: close$/im)
        },
      )
      await stillServes()
    },
    fuzzTimeout,
  )

  it('leave nothing behind: no connection, no file, no request under way', async () => {
    await expect.poll(() => proxy.server.connections.active, { timeout: 10_000 }).toBe(0)
    await expect.poll(() => scripted.sockets.size, { timeout: 10_000 }).toBe(0)
  })
})

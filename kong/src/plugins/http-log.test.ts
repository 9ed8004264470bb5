import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { httpLog } from './http-log.ts'
import { configOf } from './testing/defaults.ts'
import { answerOf, type Given, testExchange } from './testing/exchange.ts'

interface Received {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

const servers: http.Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

/** A log server that gives these answers, and then 200. */
async function logServer(...statuses: number[]) {
  const received: Received[] = []
  const server = http.createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const { method, url, headers } = request
      received.push({ method, url, headers, body: Buffer.concat(pieces).toString() })
      response.writeHead(statuses.shift() ?? 200).end()
    })
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { received, port: (server.address() as AddressInfo).port }
}

function logged(given: Given = {}) {
  const exchange = testExchange(given)
  answerOf(exchange, 200, [['Content-Type', 'text/plain']])
  return exchange
}

describe('http-log', () => {
  it('posts one object for each request, without what authorises', async () => {
    const { received, port } = await logServer()
    const config = configOf(httpLog, {
      http_endpoint: `http://user:p%40w@127.0.0.1:${port}/log?token=x`,
      headers: { 'X-Token': 'abc' },
    })
    httpLog.log(
      logged({
        target: '/a?b=%C3%A9',
        headers: [
          ['Authorization', 'Basic x'],
          ['X-One', '1'],
        ],
      }),
      config,
    )
    await vi.waitFor(() => expect(received).toHaveLength(1))
    const [entry] = received
    expect(entry).toMatchObject({
      method: 'POST',
      url: '/log',
      headers: { 'x-token': 'abc', authorization: `Basic ${Buffer.from('user:p%40w').toString('base64')}` },
    })
    expect(JSON.parse(entry?.body ?? '')).toMatchObject({
      request: { uri: '/a?b=%C3%A9', querystring: { b: 'é' }, headers: { authorization: 'REDACTED', 'x-one': '1' } },
      response: { status: 200, headers: { 'content-type': 'text/plain' } },
      latencies: { proxy: -1 },
      source: 'kong',
      client_ip: '127.0.0.1',
    })
  })

  it('tries again where the log server fails', async () => {
    const { received, port } = await logServer(500, 302)
    httpLog.log(logged(), configOf(httpLog, { http_endpoint: `http://127.0.0.1:${port}/` }))
    await vi.waitFor(() => expect(received).toHaveLength(3))
    expect(new Set(received.map(({ body }) => body)).size).toBe(1)
  })

  it('sends a list where several requests are taken together', async () => {
    const { received, port } = await logServer()
    const queue = { max_batch_size: 2, max_coalescing_delay: 0.05 }
    const config = configOf(httpLog, { http_endpoint: `http://127.0.0.1:${port}/`, queue })
    for (let i = 0; i < 3; i++) httpLog.log(logged(), config)
    await vi.waitFor(() => expect(received).toHaveLength(2))
    const bodies = received.map(({ body }) => JSON.parse(body))
    expect(bodies.map((body) => body.length)).toEqual([2, 1])
  })

  it('refuses headers that are its own', () => {
    const fields = httpLog.schema.fields ?? {}
    expect(fields.headers?.keys?.match_none?.some(({ pattern }) => pattern.test('HOST'))).toBe(true)
  })
})

import { once } from 'node:events'
import type { Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { defineRoute } from '@portico/contracts'
import { afterEach, expect, it } from 'vitest'
import { z } from 'zod'
import { AppError } from '../app-error.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import { sendBytes, sendHostileRequests } from '../testing/index.ts'
import { createWebSocketEndpoint } from '../websocket/endpoint.ts'
import { createApp } from './app.ts'
import { implement } from './implement.ts'
import { createListener, type ListenerLimits } from './listener.ts'

const log = createLog('test', 'silent')
const put = defineRoute({
  id: 'put',
  method: 'POST',
  path: '/v1/things/:id',
  access: 'public',
  summary: 'Takes a thing',
  params: z.object({ id: z.string() }),
  query: z.object({ q: z.string().optional() }),
  body: z.strictObject({ text: z.string() }),
  replies: { 200: z.object({ text: z.string() }) },
  errors: ['invalid_request'],
})

let server: Server
const sockets: Socket[] = []

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
  server.closeAllConnections()
  server.close()
})

/** A service with a route and a WebSocket. @returns its port */
async function listen(limits: Partial<ListenerLimits> = {}): Promise<number> {
  const metrics = createMetrics('test')
  const app = createApp({
    ...{ service: 'test', version: '1', log, metrics, routes: [put] },
    ...{ required: {}, accepting: () => true },
  })
  implement(app, { authenticate: async () => undefined }, put, async ({ body }) => ({ status: 200, body }))
  const admit = () => Promise.reject(new AppError('unauthenticated'))
  const webSockets = createWebSocketEndpoint({ path: '/v1/live', admit, log, metrics })
  server = createListener(app, { hostname: '127.0.0.1', webSockets, limits }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined)
  sockets.push(socket)
  await once(socket, 'connect')
  return socket
}

const closed = (socket: Socket) => expect.poll(() => socket.destroyed).toBe(true)

const webSocket = (target: string) =>
  `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`

it.each(['//[', '//[::1', '//localhost/v1/live', '/v1/live#x', '/v1\\live', '*', 'http://[', '?', '/\xff'])(
  'answers 4xx to an upgrade of %s, and goes on',
  async (target) => {
    const port = await listen()
    expect(await sendBytes(port, webSocket(target))).toMatch(/^HTTP\/1\.1 40[04] /)
    expect(await sendBytes(port, webSocket('/v1/live'))).toMatch(/^HTTP\/1\.1 401 /)
  },
)

it('answers 400 to a plain request of //[', async () => {
  const port = await listen()
  expect(await sendBytes(port, 'GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
})

it('survives hostile requests', async () => {
  const port = await listen()
  await sendHostileRequests(port, ['/v1/things/1', '/v1/live', '/readyz', '/openapi.json'])
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
})

it('gives a head and a whole request a limited time', async () => {
  const port = await listen({ headersTimeout: 50, requestTimeout: 100, connectionsCheckingInterval: 10 })
  const silent = await open(port)
  const slowHead = await open(port)
  slowHead.write('GET / HTTP/1.1\r\nHost: x\r\n')
  const slowBody = await open(port)
  slowBody.write(
    'POST /v1/things/1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
  )
  for (const socket of [silent, slowHead, slowBody]) socket.resume()
  await Promise.all([silent, slowHead, slowBody].map(closed))
})

it('closes connections above the limit at once', async () => {
  const port = await listen({ maxConnections: 2 })
  await Promise.all([open(port), open(port)])
  const third = await open(port)
  third.resume()
  await closed(third)
})

it('does not keep the connection of a refused upgrade, even if the client does', async () => {
  const port = await listen()
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => undefined)
  sockets.push(socket)
  socket.write(webSocket('/nowhere'))
  socket.resume()
  const countOpen = () => new Promise((resolve) => server.getConnections((_, count) => resolve(count)))
  await once(socket, 'end')
  await expect.poll(countOpen).toBe(0)
})

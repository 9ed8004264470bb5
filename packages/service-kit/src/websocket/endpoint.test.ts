import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { AppError } from '../app-error.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import type { Connection } from './connection.ts'
import { createWebSocketEndpoint, type WebSocketEndpoint } from './endpoint.ts'
import type { WebSocketLimits } from './limits.ts'

let server: Server
let endpoint: WebSocketEndpoint
let opened: Connection[]

/** Listens with an endpoint whose users open it by `?user=`. @returns its address */
async function listen(limits: Partial<WebSocketLimits> = {}): Promise<string> {
  opened = []
  endpoint = createWebSocketEndpoint({
    path: '/v1/live',
    admit: async (query) => {
      const userId = query.get('user')
      if (!userId) throw new AppError('unauthenticated')
      return { userId, until: new Date(Date.now() + Number(query.get('for') ?? 60_000)), opened: open }
    },
    log: createLog('test', 'silent'),
    metrics: createMetrics('test'),
    limits,
  })
  server = createServer().on('upgrade', endpoint.upgrade).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function open(connection: Connection): () => void {
  opened.push(connection)
  return () => void opened.splice(opened.indexOf(connection), 1)
}

afterEach(async () => {
  await endpoint.close()
  server.close()
})

async function connect(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url)
  await once(socket, 'open')
  return socket
}

/** The code that the server closes with. */
const closed = async (socket: WebSocket): Promise<number> => (await once(socket, 'close'))[0]

async function refusal(url: string): Promise<{ status: number; body: { title: string; requestId: string } }> {
  const socket = new WebSocket(url, { headers: { 'x-request-id': 'r-1' } })
  socket.on('error', () => undefined)
  const [, response] = await once(socket, 'unexpected-response')
  return { status: response.statusCode, body: JSON.parse((await response.toArray()).join('')) }
}

it('opens with and without the version, and passes messages as JSON', async () => {
  const url = await listen()
  for (const path of ['/v1/live', '/live']) {
    const socket = await connect(`${url}${path}?user=ada`)
    const message = once(socket, 'message')
    expect(opened[0]?.send({ hello: 'Ada' })).toBe(true)
    expect(JSON.parse(String((await message)[0]))).toEqual({ hello: 'Ada' })
    socket.close()
    await expect.poll(() => opened).toEqual([])
  }
})

it('refuses as a problem document before anything is upgraded', async () => {
  const url = await listen()
  expect(await refusal(`${url}/v1/live`)).toMatchObject({ status: 401, body: { requestId: 'r-1' } })
  expect((await refusal(`${url}/elsewhere?user=ada`)).status).toBe(404)
})

it('takes only so many connections, of one user and of all', async () => {
  const url = await listen({ connections: 3, connectionsPerUser: 2 })
  await connect(`${url}/live?user=ada`)
  await connect(`${url}/live?user=ada`)
  expect((await refusal(`${url}/live?user=ada`)).status).toBe(429)
  await connect(`${url}/live?user=eve`)
  expect((await refusal(`${url}/live?user=bob`)).status).toBe(503)
})

it('gives the place of a closed connection to the next', async () => {
  const url = await listen({ connectionsPerUser: 1 })
  const first = await connect(`${url}/live?user=ada`)
  first.close()
  await closed(first)
  await expect.poll(() => opened).toEqual([])
  await connect(`${url}/live?user=ada`)
})

it('closes a client that says too much, or too much at once', async () => {
  const url = await listen({ messagesPerMinute: 3, messageBytes: 100 })
  const talker = await connect(`${url}/live?user=ada`)
  for (let i = 0; i < 4; i++) talker.send('hello')
  expect(await closed(talker)).toBe(1008)
  const shouter = await connect(`${url}/live?user=ada`)
  shouter.send('x'.repeat(101))
  expect(await closed(shouter)).toBe(1009)
})

it('cuts off a client that no longer answers, and keeps one that does', async () => {
  const url = await listen({ heartbeatMs: 40 })
  const silent = new WebSocket(`${url}/live?user=ada`, { autoPong: false })
  const lively = await connect(`${url}/live?user=eve`)
  expect(await closed(silent)).toBe(1006)
  expect(lively.readyState).toBe(WebSocket.OPEN)
})

it('closes a client that reads too slowly instead of keeping what waits for it', async () => {
  const url = await listen({ waitingBytes: 64 * 1024 })
  const slow = await connect(`${url}/live?user=ada`)
  slow.pause()
  const piece = { text: 'x'.repeat(16 * 1024) }
  await expect.poll(() => opened[0]?.send(piece) === false, { interval: 0, timeout: 10_000 }).toBe(true)
  slow.resume()
  expect(await closed(slow)).toBe(1013)
})

it('closes a connection when its authorization expires, and lets the client come back', async () => {
  const url = await listen({ connectionsPerUser: 1 })
  const socket = await connect(`${url}/live?user=ada&for=50`)
  expect(await closed(socket)).toBe(3000)
  await expect.poll(() => opened).toEqual([])
  await connect(`${url}/live?user=ada`)
})

it('sends nothing more to a client that ignores that its authorization has expired', async () => {
  const url = await listen()
  const socket = await connect(`${url}/live?user=ada&for=50`)
  socket.pause()
  await expect.poll(() => opened[0]?.send({ hello: 'Ada' })).toBe(false)
})

it('tells its clients when it goes, and takes no more', async () => {
  const url = await listen()
  const socket = await connect(`${url}/live?user=ada`)
  const code = closed(socket)
  await endpoint.close()
  expect(await code).toBe(1012)
  expect((await refusal(`${url}/live?user=ada`)).status).toBe(503)
})

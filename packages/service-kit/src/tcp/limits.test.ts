import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { type Access, defineRoute } from '@portico/contracts'
import fc from 'fast-check'
import { afterEach, expect, it } from 'vitest'
import { z } from 'zod'
import { createAuthentication } from '../auth/authentication.ts'
import { createServiceTokens } from '../auth/service-token.ts'
import { createApp } from '../http/app.ts'
import { implement } from '../http/implement.ts'
import { sendProblem } from '../http/problem.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import { sendBytes } from '../testing/index.ts'
import { connectTcp } from './client.ts'
import { FrameReader, frame } from './frames.ts'
import type { TcpLimits } from './limits.ts'
import { createTcpServer, type TcpServer } from './server.ts'

const log = createLog('test', 'silent')
const secret = 'a secret of thirty-two characters'
const ours = createServiceTokens('product', { calledBy: { payment: secret } })
const theirs = createServiceTokens('payment', { calls: { product: secret } })
const route = (id: string, access: Access) =>
  defineRoute({
    ...{ id, method: 'POST', path: `/v1/${id}/:name`, access, summary: 'Says it again', errors: [] },
    params: z.object({ name: z.string() }),
    body: z.strictObject({ text: z.string() }),
    replies: { 200: z.object({ length: z.number() }) },
  })
const routes = [route('secret', { services: ['payment'] }), route('open', 'public')] as const

let server: TcpServer | undefined
let release: (() => void) | undefined
const sockets: Socket[] = []

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  release?.()
  release = undefined
  await server?.close()
})

async function listen(limits: Partial<TcpLimits> = {}): Promise<number> {
  const app = createApp({
    ...{ service: 'product', version: '1', log, metrics: createMetrics('product'), routes: [...routes] },
    ...{ required: {}, accepting: () => true },
  })
  // As order-service explains its WebSocket, which stands where an order's id would.
  app.post('/v1/secret/taken', (c) => sendProblem(c, 'upgrade_required'))
  for (const each of routes) {
    implement(app, createAuthentication({ serviceTokens: ours }), each, async ({ body }) => {
      if (body.text === 'wait') await new Promise<void>((resolve) => (release = resolve))
      return { status: 200, body: { length: body.text.length } }
    })
  }
  const events = async () => undefined
  server = createTcpServer({
    ...{ app, routes: [...routes], events, serviceTokens: ours, log, metrics: createMetrics('product'), limits },
  })
  return server.listen('127.0.0.1', 0)
}

/** A connection that gathers its answers by their ids. */
async function open(port: number) {
  const answers = new Map<string, unknown>()
  const reader = new FrameReader()
  const socket = connect(port, '127.0.0.1').on('error', () => undefined)
  sockets.push(socket)
  socket.on('data', (bytes: Buffer) => {
    for (const message of reader.read(bytes)) {
      const { id, response, err } = message as { id: string; response?: unknown; err?: unknown }
      answers.set(id, response ?? err)
    }
  })
  await once(socket, 'connect')
  const isClosed = () => expect.poll(() => socket.destroyed).toBe(true)
  const has = (id: string, answer: unknown) => expect.poll(() => answers.get(id)).toMatchObject(answer as object)
  return { socket, answers, isClosed, has }
}

async function message(id: string, pattern: string, text: string, authorized = false): Promise<string> {
  const authorization = authorized ? { authorization: await theirs.authorizationFor('product') } : {}
  return frame({ id, pattern, data: { ...authorization, params: { name: 'Ada' }, body: { text } } })
}

it('takes large messages only on a connection that has authenticated', async () => {
  const port = await listen({ unauthenticatedLength: 2000 })
  const large = await message('2', 'secret', 'x'.repeat(3000), true)
  const stranger = await open(port)
  stranger.socket.write(large)
  await stranger.isClosed()
  const service = await open(port)
  // In one piece: the second is not judged before the first has been answered.
  service.socket.write((await message('1', 'secret', 'hello', true)) + large)
  await service.has('1', { length: 5 })
  await service.has('2', { length: 3000 })
})

it('does not take a public route, or a token that is not valid, for authentication', async () => {
  const port = await listen({ unauthenticatedLength: 2000 })
  for (const [pattern, answer] of [
    ['open', expect.objectContaining({ length: 5 })],
    ['secret', expect.objectContaining({ status: 401 })],
    ['unknown', expect.stringContaining('no matching message handler')],
  ]) {
    const stranger = await open(port)
    stranger.socket.write(await message('1', pattern, 'hello'))
    await expect.poll(() => stranger.answers.get('1')).toEqual(answer)
    stranger.socket.write('2001#')
    await stranger.isClosed()
  }
})

it.each([undefined, '..', 'taken'])(
  'does not take the answer of another path, reached by %j, for authentication',
  async (name) => {
    const stranger = await open(await listen({ unauthenticatedLength: 2000 }))
    stranger.socket.write(frame({ id: '1', pattern: 'secret', data: { params: { name }, body: { text: 'hello' } } }))
    await expect.poll(() => stranger.answers.get('1')).toBeDefined()
    stranger.socket.write('2001#')
    await stranger.isClosed()
  },
)

it('works on the messages of a stranger one by one, and on those of a service side by side', async () => {
  const port = await listen()
  const stranger = await open(port)
  stranger.socket.write((await message('1', 'open', 'wait')) + (await message('2', 'open', 'hello')))
  await expect.poll(() => release).toBeDefined()
  const service = await open(port)
  service.socket.write((await message('0', 'secret', 'hi', true)) + (await message('1', 'secret', 'hello', true)))
  await service.has('1', { length: 5 })
  expect([...stranger.answers.keys()]).toEqual([])
  release?.()
  await stranger.has('2', { length: 5 })
  expect([...stranger.answers.keys()]).toEqual(['1', '2'])
})

it('closes a connection that does not authenticate in time, and none that did or whose message is worked on', async () => {
  const port = await listen({ unauthenticatedMs: 150 })
  const service = await open(port)
  service.socket.write(await message('1', 'secret', 'hello', true))
  await service.has('1', { length: 5 })
  const waiting = await open(port)
  waiting.socket.write(await message('1', 'open', 'wait'))
  const silent = await open(port)
  const trickling = await open(port)
  const drip = setInterval(() => trickling.socket.write('1'), 100)
  await Promise.all([silent.isClosed(), trickling.isClosed()]).finally(() => clearInterval(drip))
  const refused = await open(port)
  refused.socket.write(await message('1', 'secret', 'hello'))
  await refused.isClosed()
  release?.()
  await waiting.has('1', { length: 4 })
  await waiting.isClosed()
  service.socket.write(await message('2', 'secret', 'again', true))
  await service.has('2', { length: 5 })
})

it('takes a limited number of connections, from one address and in all', async () => {
  const port = await listen({ connectionsPerAddress: 2, connections: 3 })
  const first = await open(port)
  await open(port)
  await (await open(port)).isClosed()
  first.socket.destroy()
  await expect
    .poll(async () => {
      const again = await open(port)
      again.socket.write(await message('1', 'open', 'hello'))
      await expect.poll(() => again.answers.size > 0 || again.socket.destroyed).toBe(true)
      return again.answers.size
    })
    .toBe(1)
  const from = async (localAddress: string) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress }).on('error', () => undefined)
    sockets.push(socket)
    await once(socket, 'connect')
    socket.resume()
    return socket
  }
  const third = await from('127.0.0.2')
  const fourth = await from('127.0.0.3')
  await expect.poll(() => fourth.destroyed).toBe(true)
  expect(third.destroyed).toBe(false)
})

it('survives any bytes, and data that no request can carry', async () => {
  const port = await listen()
  const authorization = await theirs.authorizationFor('product')
  const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('\ud800', 'a\nb', '__proto__', { a: '\r\n' }))
  const data = fc.record({ authorization: value, params: value, query: value, headers: value, body: value })
  const packet = fc.record({
    pattern: fc.oneof(fc.constantFrom('secret', 'open', '{"cmd":null}', '{', 'toString'), value),
    id: fc.oneof(fc.constant('1'), value),
    data: fc.oneof(
      data,
      data.map((each) => ({ ...each, authorization, params: { name: '\ud800' } })),
      value,
    ),
  })
  const bytes = fc.oneof(
    packet.map(frame),
    fc
      .tuple(fc.constantFrom('', '3#', '#', '99999999#', '{"'), fc.string({ unit: 'binary' }))
      .map((all) => all.join('')),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(bytes, { minLength: 16, maxLength: 16 }), async (all) => {
      const answers = await Promise.all(all.map((each) => sendBytes(port, Buffer.from(each))))
      for (const answer of answers) expect(answer).not.toContain('internal error')
    }),
    { seed: 45, numRuns: 20, endOnFailure: true },
  )
  const { socket, has } = await open(port)
  socket.write(await message('1', 'secret', 'still here', true))
  await has('1', { length: 10 })
})

it('says as a client that an answer exceeds the limit', async () => {
  const peer = createServer((socket) =>
    socket.on('error', () => undefined).once('data', () => socket.write('4194305#')),
  )
  peer.listen(0, '127.0.0.1')
  await once(peer, 'listening')
  const { port } = peer.address() as { port: number }
  const client = connectTcp(`tcp://127.0.0.1:${port}`, log)
  const call = client.call(routes[1], { params: { name: 'Ada' }, body: { text: '' } }, { timeoutMs: 5000 })
  await expect(call).rejects.toThrow('a message of 4194305 characters, above the limit')
  client.close()
  peer.close()
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { defineRoute } from '@portico/contracts'
import { afterEach, expect, it } from 'vitest'
import { z } from 'zod'
import { CallFailed, CallRefused, createClient } from './client.ts'
import { MAX_ANSWER_BYTES } from './exchange.ts'

const put = defineRoute({
  id: 'putThing',
  method: 'PUT',
  path: '/things/:name',
  access: 'public',
  summary: 'Puts a thing',
  params: z.object({ name: z.string() }),
  query: z.object({ how: z.string().optional() }),
  body: z.object({ size: z.int() }),
  replies: { 200: z.object({ size: z.int() }), 204: null },
  errors: [],
})

let server: Server | undefined

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

/** A server on this machine, and a call of the route at it. */
async function serving(listener: RequestListener) {
  server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const input = { query: { how: 'well & good' }, body: { size: 3 } }
  return ({ name = 'a/b', ...options }: { name?: string; timeoutMs?: number; signal?: AbortSignal } = {}) =>
    createClient(url)(
      put,
      { params: { name }, ...input },
      { timeoutMs: 10_000, authorization: 'Bearer of-news', requestId: 'one', ...options },
    )
}

const json = { 'content-type': 'application/json' }

it('sends what the route says, and gives back the answer with its headers', async () => {
  let got: { request: IncomingMessage; body: string } | undefined
  const call = await serving(async (request, response) => {
    got = { request, body: await text(request) }
    response.writeHead(200, { ...json, 'X-Kind': ['a', 'b'], ETag: '"1"' }).end('{"size":3,"more":"é"}')
  })
  const reply = await call()
  expect(reply).toMatchObject({ status: 200, body: { size: 3 } })
  expect((reply as { headers: object }).headers).toMatchObject({ 'x-kind': 'a, b', etag: '"1"' })
  expect(got?.request.method).toBe('PUT')
  expect(got?.request.url).toBe('/things/a%2Fb?how=well+%26+good')
  expect(got?.request.headers).toMatchObject({ ...json, authorization: 'Bearer of-news', 'x-request-id': 'one' })
  expect(got?.body).toBe('{"size":3}')
})

it('takes an answer without a body where the route has one', async () => {
  const call = await serving((_, response) => response.writeHead(204).end())
  expect(await call()).toEqual({ status: 204 })
})

it('reads an answer that comes in pieces, after word that it will', async () => {
  const call = await serving((_, response) => {
    response.writeProcessing()
    const bytes = Buffer.from(JSON.stringify({ size: 7, name: 'ü'.repeat(200_000) }))
    response.writeHead(200, json).write(bytes.subarray(0, 100_001))
    response.end(bytes.subarray(100_001))
  })
  expect(await call()).toMatchObject({ body: { size: 7 } })
})

it.each(['', '.', '..'])('asks for nothing where the parameter %j would lead to another path', async (name) => {
  let asked = false
  const call = await serving((_, response) => {
    asked = true
    response.end()
  })
  await expect(call({ name })).rejects.toThrow(CallFailed)
  expect(asked).toBe(false)
})

it('says what the other side refused, and when to ask again', async () => {
  const problem = { type: 'urn:portico:problem:out-of-stock', title: 'No', status: 409, detail: 'None left.' }
  const call = await serving((_, response) => {
    response
      .writeHead(409, { 'content-type': 'application/problem+json', 'retry-after': '7' })
      .end(JSON.stringify(problem))
  })
  const refused = await call().catch((error) => error)
  expect(refused).toBeInstanceOf(CallRefused)
  expect(refused).toMatchObject({ status: 409, code: 'out_of_stock', retryAfter: '7', message: 'None left.' })
})

it.each([
  ['answers outside the contract', 200, '{"size":"three"}'],
  ['answers no JSON', 200, 'size three'],
  ['refuses without a problem document', 503, 'busy'],
  ['sends elsewhere', 302, ''],
])('fails where the other side %s', async (_, status, body) => {
  const call = await serving((_, response) => response.writeHead(status, { location: '/elsewhere' }).end(body))
  await expect(call()).rejects.toBeInstanceOf(CallFailed)
})

it('fails where nobody listens', async () => {
  const call = await serving(() => undefined)
  await new Promise((closed) => server?.close(closed))
  await expect(call()).rejects.toThrow(new CallFailed('putThing: no answer'))
})

it('waits no longer than it was told, neither for the beginning of an answer nor for its end', async () => {
  const call = await serving(() => undefined)
  await expect(call({ timeoutMs: 20 })).rejects.toThrow('putThing: no answer')
  server?.removeAllListeners('request').on('request', (_, response) => response.writeHead(200, json).write('{'))
  await expect(call({ timeoutMs: 500 })).rejects.toThrow('putThing: the answer broke off')
})

it('fails where the answer breaks off', async () => {
  const call = await serving((_, response) => {
    response.writeHead(200, { ...json, 'content-length': '100' }).write('{"size":', () => response.destroy())
  })
  await expect(call()).rejects.toThrow(new CallFailed('putThing: the answer broke off'))
})

it('fails where the answer exceeds the limit, whether or not its length is declared', async () => {
  const body = Buffer.alloc(MAX_ANSWER_BYTES + 1, ' ')
  for (const headers of [json, { ...json, 'content-length': String(body.length) }]) {
    const call = await serving((_, response) => response.writeHead(200, headers).end(body))
    await expect(call()).rejects.toThrow(new CallFailed(`putThing: the answer exceeds ${MAX_ANSWER_BYTES} bytes`))
    server?.close()
  }
})

it('gives up when it is told to, before or in the middle, and takes its request away', async () => {
  const call = await serving(() => undefined)
  const stop = new AbortController()
  const asked = once(server as Server, 'request')
  const failing = call({ signal: stop.signal }).catch((error) => error)
  const [, response] = (await asked) as [unknown, ServerResponse]
  stop.abort()
  expect(await failing).toBeInstanceOf(CallFailed)
  await expect.poll(() => response.closed).toBe(true)
  await expect(call({ signal: AbortSignal.abort() })).rejects.toBeInstanceOf(CallFailed)
})

it('keeps connections for the next calls, and makes new ones where the other side has closed them', async () => {
  let connections = 0
  const call = await serving((_, response) => response.writeHead(204).end())
  const repeat = async (times: number) => {
    for (let i = 0; i < times; i++) await call()
  }
  server?.on('connection', () => {
    connections += 1
  })
  await repeat(10)
  const kept = connections
  await repeat(10)
  expect(connections).toBe(kept)
  server?.closeAllConnections()
  await expect.poll(() => call().catch(() => undefined)).toEqual({ status: 204 })
  expect(connections).toBeGreaterThan(kept)
})

it('makes as many connections as there are calls at once', async () => {
  const waiting: (() => void)[] = []
  const call = await serving((_, response) => {
    waiting.push(() => response.writeHead(204).end())
    if (waiting.length === 50) for (const answer of waiting.splice(0)) answer()
  })
  const replies = await Promise.all(Array.from({ length: 50 }, () => call()))
  expect(replies.every(({ status }) => status === 204)).toBe(true)
})

it('does not keep a process alive with connections that are idle', async () => {
  await serving((_, response) => response.writeHead(204, { 'keep-alive': 'timeout=600' }).end())
  const { port } = (server as Server).address() as AddressInfo
  const program = `
    import { exchange } from ${JSON.stringify(join(import.meta.dirname, 'exchange.ts'))}
    const url = new URL('http://127.0.0.1:${port}/')
    console.log((await exchange(url, { method: 'GET', headers: {}, timeoutMs: 600_000 })).status)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: 'pipe' })
  expect(await text(child.stdout)).toBe('204\n')
  if (child.exitCode === null) await once(child, 'exit')
  expect(child.exitCode).toBe(0)
})

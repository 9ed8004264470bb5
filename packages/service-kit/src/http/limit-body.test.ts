import { once } from 'node:events'
import { request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { limitBodyTo } from './limit-body.ts'

let server: Server

beforeEach(async () => {
  const app = new Hono()
  app.post('/once', limitBodyTo(10), async (c) => c.text(`got ${await c.req.text()}`))
  app.post('/twice', limitBodyTo(10), async (c, next) => {
    await c.req.text()
    await next()
  })
  app.post('/twice', limitBodyTo(10), async (c) => c.text(`got ${await c.req.text()}`))
  server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server
  await once(server, 'listening')
})

afterEach(() => {
  server.closeAllConnections()
  server.close()
})

async function post(
  path: string,
  body: string,
  headers: Record<string, string>,
): Promise<[number | undefined, string]> {
  const { port } = server.address() as AddressInfo
  const sending = request({ host: '127.0.0.1', port, path, method: 'POST', headers })
  sending.end(body)
  const [answer] = await once(sending, 'response')
  return [answer.statusCode, await text(answer)]
}

const told = (body: string) => ({ 'content-length': String(Buffer.byteLength(body)) })
const untold = () => ({ 'transfer-encoding': 'chunked' })

it.each([
  ['is told', told],
  ['is not told', untold],
])(
  'takes a body that is no longer than the limit and turns a longer one away, where its length %s',
  async (_, headers) => {
    for (const path of ['/once', '/twice']) {
      expect(await post(path, '0123456789', headers('0123456789'))).toEqual([200, 'got 0123456789'])
      expect((await post(path, '0123456789a', headers('0123456789a')))[0]).toBe(413)
    }
  },
)

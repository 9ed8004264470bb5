import { type Access, defineRoute, type Route } from '@portico/contracts'
import { pino } from 'pino'
import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { AppError } from '../app-error.ts'
import { createMetrics } from '../metrics.ts'
import { createApp } from './app.ts'
import { implement } from './implement.ts'

const route = (access: Access, method: Route['method'], path: string) =>
  defineRoute({
    ...{ id: path.slice(1), access, method, path, summary: 'Tells who asks', errors: [] },
    replies: { 200: z.object({ requestId: z.string() }) },
  })

let app: ReturnType<typeof createApp>
let logged: Record<string, unknown>[]

beforeEach(() => {
  logged = []
  const log = pino({ level: 'info' }, { write: (line) => void logged.push(JSON.parse(line)) })
  app = createApp({
    ...{ service: 'test', version: '1', log, metrics: createMetrics('test'), routes: [] },
    ...{ required: {}, accepting: () => true },
  })
  const authentication = {
    authenticate: async (access: Access, authorization: string | undefined) => {
      if (access !== 'public' && !authorization) throw new AppError('unauthenticated')
      return undefined
    },
  }
  const serve = (each: ReturnType<typeof route>, headers = {}) =>
    implement(app, authentication, each, async ({ requestId, c }) => {
      if (c.req.query('fail') !== undefined) throw new AppError('not_found')
      return { status: 200, body: { requestId }, headers }
    })
  serve(route('user', 'GET', '/mine'))
  serve(route('public', 'POST', '/sessions'))
  serve(route('public', 'GET', '/catalogue'))
  serve(route('public', 'GET', '/keys'), { 'cache-control': 'public, max-age=60' })
})

describe('answers', () => {
  it.each([
    ['GET', '/mine', 200, 'no-store'],
    ['POST', '/sessions', 200, 'no-store'],
    ['GET', '/catalogue', 200, null],
    ['GET', '/catalogue?fail', 404, 'no-store'],
    ['GET', '/keys', 200, 'public, max-age=60'],
    ['GET', '/keys?fail', 404, 'no-store'],
    ['GET', '/nowhere', 404, 'no-store'],
    ['GET', '/readyz', 200, 'no-store'],
  ])('to %s %s (%i) may be cached as they say, by default not at all', async (method, path, status, cacheControl) => {
    const response = await app.request(path, { method, headers: { authorization: 'Bearer x' } })
    expect([response.status, response.headers.get('cache-control')]).toEqual([status, cacheControl])
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('that refuse a token are not cached either', async () => {
    const response = await app.request('/mine')
    expect([response.status, response.headers.get('cache-control')]).toEqual([401, 'no-store'])
  })
})

describe('the request id', () => {
  const gatewayId = '0123456789abcdef0123456789abcdef'
  const ask = async (path: string, headers: Record<string, string>) => {
    const response = await app.request(path, { headers: { authorization: 'Bearer x', ...headers } })
    const { requestId } = (await response.json()) as { requestId: string }
    return { requestId, shown: response.headers.get('x-request-id'), line: logged.at(-1) }
  }

  it('is the one that the gateway made, whatever the client asks for; the client sees its own', async () => {
    const { requestId, shown, line } = await ask('/mine', { 'x-request-id': 'mine', 'x-kong-request-id': gatewayId })
    expect([requestId, shown]).toEqual([gatewayId, 'mine'])
    expect(line).toMatchObject({ requestId: gatewayId, correlationId: 'mine' })
  })

  it('is told to the client in problem documents under the name that it knows', async () => {
    const { requestId } = await ask('/mine?fail', { 'x-request-id': 'mine', 'x-kong-request-id': gatewayId })
    expect(requestId).toBe('mine')
  })

  it('is that of the calling service where no gateway is between', async () => {
    const { requestId, shown, line } = await ask('/mine', { 'x-request-id': gatewayId })
    expect([requestId, shown]).toEqual([gatewayId, gatewayId])
    expect(line).not.toHaveProperty('correlationId')
  })

  it('is made here where none comes, or none of the right form', async () => {
    const malformed = { 'x-request-id': 'a b', 'x-kong-request-id': 'mine' }
    for (const headers of [{}, malformed]) {
      const { requestId, shown } = await ask('/mine', headers)
      expect(requestId).toMatch(/^[0-9a-f-]{36}$/)
      expect(shown).toBe(requestId)
    }
  })
})

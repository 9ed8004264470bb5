import { defineRoute } from '@portico/contracts'
import { Hono } from 'hono'
import { pino } from 'pino'
import { beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { createAuthentication } from './auth/authentication.ts'
import { createServiceTokens } from './auth/service-token.ts'
import { createApp } from './http/app.ts'
import { implement } from './http/implement.ts'
import { createMetrics } from './metrics.ts'
import { createSecurityLog } from './security-log.ts'

const HOUR_MS = 3600_000
let lines: Record<string, unknown>[]
const log = pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line)) })
const events = () => lines.filter(({ security }) => security !== undefined)

beforeEach(() => {
  lines = []
})

it('reports a customer who is refused a route of admins, and nobody else', async () => {
  const metrics = createMetrics('test')
  const options = { service: 'test', version: '1', routes: [], required: {}, accepting: () => true }
  const app = createApp({ ...options, log, metrics })
  const authentication = createAuthentication({
    accessToken: async (userId) => ({ kind: 'user', userId, role: userId === 'root' ? 'admin' : 'customer' }),
  })
  const route = defineRoute({
    ...{ id: 'things', access: 'admin', method: 'GET', path: '/v1/things/:id', summary: 'Things', errors: [] },
    replies: { 200: z.object({}) },
  })
  implement(app, authentication, route, async () => ({ status: 200, body: {} }))
  const statusAs = async (headers: Record<string, string>) =>
    (await app.request('/v1/things/7?secret=1', { headers: { 'x-real-ip': '203.0.113.7', ...headers } })).status
  expect(await statusAs({ authorization: 'Bearer eve' })).toBe(403)
  expect(await statusAs({ authorization: 'Bearer root' })).toBe(200)
  expect(await statusAs({})).toBe(401)
  const about = { security: 'access.refused', userId: 'eve', method: 'GET', route: '/v1/things/:id' }
  expect(events()).toEqual([expect.objectContaining({ ...about, client: '203.0.113.0/24' })])
  expect(JSON.stringify(events())).not.toMatch(/203\.0\.113\.7|secret|Bearer/)
  expect(await metrics.text()).toMatch(/security_events_total\{event="access\.refused".*\} 1/)
})

it('reports a service that is refused a route of other services', async () => {
  const options = { service: 'test', version: '1', routes: [], required: {}, accepting: () => true }
  const app = createApp({ ...options, log, metrics: createMetrics('test') })
  const secret = 'a secret of thirty-two characters'
  const serviceTokens = createServiceTokens('product', { calledBy: { payment: secret } })
  const route = defineRoute({
    ...{ id: 'holds', access: { services: ['order'] }, method: 'GET', path: '/internal/holds', summary: 'Holds' },
    ...{ errors: [], replies: { 200: z.object({}) } },
  })
  implement(app, createAuthentication({ serviceTokens }), route, async () => ({ status: 200, body: {} }))
  const caller = createServiceTokens('payment', { calls: { product: secret } })
  const authorization = await caller.authorizationFor('product')
  const { status } = await app.request('/internal/holds', { headers: { authorization } })
  expect(status).toBe(403)
  const about = { security: 'access.refused', service: 'payment', method: 'GET', route: '/internal/holds' }
  expect(events()).toEqual([expect.objectContaining(about)])
})

it('reports the same read once an hour, and each other one', async () => {
  let now = 0
  const security = createSecurityLog(log, createMetrics('test'), () => now)
  const app = new Hono()
  app.get('/:actor/:userId', (c) => {
    security.reportRead(c, 'order.read', c.req.param())
    return c.text('')
  })
  const readsOf = async (...paths: string[]) => {
    lines = []
    for (const path of paths) await app.request(path)
    return events().map(({ security: event, actor, userId }) => [event, actor, userId].join(' '))
  }
  expect(await readsOf('/bob/ada', '/bob/ada', '/bob/eve', '/carol/ada')).toEqual([
    'order.read bob ada',
    'order.read bob eve',
    'order.read carol ada',
  ])
  now = HOUR_MS - 1
  expect(await readsOf('/bob/ada')).toEqual([])
  now = HOUR_MS
  expect(await readsOf('/bob/ada', '/bob/ada')).toEqual(['order.read bob ada'])
})

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AuditEntry } from '@portico/contracts'
import { createAuthentication, createLog, newId } from '@portico/service-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { createStorefrontApp } from '../app.ts'
import { connectParts } from '../parts.ts'
import { connectSessions } from '../web-sessions/sessions.ts'
import { TrafficMemory } from './history.ts'
import type { Operations } from './routes.ts'
import { sourcesOf } from './sources.ts'

const log = createLog('test', 'silent')
const nowhere = 'http://127.0.0.1:9'
const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

/** A process that answers each path with what is given for it, in JSON unless it is a text. */
async function answering(pages: Record<string, unknown>): Promise<string> {
  const server = createServer((request, response) => {
    const page = pages[request.url ?? '']
    response.writeHead(page === undefined ? 404 : 200).end(typeof page === 'string' ? page : JSON.stringify(page))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

interface Body {
  readonly services: readonly object[]
  readonly incomplete: readonly string[]
  readonly nextCursor: string | null
}

async function get(path: string, operations: Partial<Operations> = {}, as: string | undefined = 'admin') {
  const app = createStorefrontApp({
    parts: connectParts({ orderUrl: nowhere, userUrl: nowhere }, log),
    sessions: connectSessions(nowhere),
    authentication: createAuthentication({
      accessToken: async (token) => ({ kind: 'user', userId: newId(), role: token === 'admin' ? 'admin' : 'customer' }),
    }),
    operations: { services: {}, audit: {}, sources: [], memory: new TrafficMemory([]), ...operations },
    files: new Map(),
    log,
  })
  const response = await app.request(path, { headers: as ? { authorization: `Bearer ${as}` } : {} })
  return { status: response.status, body: (await response.json()) as Body }
}

it.each(['audit?limit=0', 'gateway', 'health', 'traffic', 'traffic/history'])(
  '/v1/admin/%s is for admins alone',
  async (path) => {
    expect((await get(`/v1/admin/${path}`, {}, '')).status).toBe(401)
    expect((await get(`/v1/admin/${path}`, {}, 'customer')).status).toBe(403)
  },
)

it('the health of each service is what its own checks say; one that is silent is down', async () => {
  const order = await answering({ '/readyz': { status: 'ready', checks: { mysql: 'up', bus: 'down' } } })
  const { body } = await get('/v1/admin/health', { services: { order, payment: nowhere } })
  expect(body).toEqual({
    services: [
      { name: 'order', state: 'ready', checks: { mysql: 'up', bus: 'down' } },
      { name: 'payment', state: 'down', checks: {} },
    ],
  })
})

it('traffic is told per route, of the services by their metrics and of the gateway by Kong’s', async () => {
  const series = (route: string, status: number, count: number) => {
    const labels = `method="GET",route="${route}",status="${status}"`
    const bucket = (le: string) => `http_request_duration_seconds_bucket{le="${le}",${labels}} ${count}`
    return [bucket('0.01'), bucket('+Inf'), `http_request_duration_seconds_count{${labels}} ${count}`]
  }
  const metrics = ['process_start_time_seconds 1700000000', ...series('/v1/orders', 200, 9)]
  const order = await answering({
    '/metrics': [...metrics, ...series('/v1/orders', 503, 1), ...series('/readyz', 200, 500)].join('\n'),
  })
  const kong = await answering({
    '/metrics': [
      'kong_http_requests_total{service="order",route="orders.one",code="200",source="service",consumer=""} 4',
      'kong_http_requests_total{service="order",route="orders.one",code="503",source="kong",consumer=""} 1',
      'kong_request_latency_ms_bucket{service="order",route="orders.one",le="25"} 5',
      'kong_request_latency_ms_bucket{service="order",route="orders.one",le="+Inf"} 5',
    ].join('\n'),
  })
  const sources = sourcesOf({ order, user: nowhere }, `${kong}/metrics`)
  const { body } = await get('/v1/admin/traffic', { sources })
  expect(body.incomplete).toEqual(['user'])
  expect(body.services).toMatchObject([
    { name: 'gateway', requests: 5, errors: 1, routes: [{ route: 'orders.one', requests: 5, p50: 12.5 }] },
    {
      ...{ name: 'order', since: '2023-11-14T22:13:20.000Z', requests: 10, errors: 1, p50: 5 },
      routes: [{ method: 'GET', route: '/v1/orders', requests: 10, errors: 1 }],
    },
  ])
})

describe('the gateway', () => {
  const pages = {
    '/': { version: '3.9.1' },
    '/status': { configuration_hash: 'abc' },
    '/services?size=1000': {
      data: [{ id: 's', name: 'order', protocol: 'http', host: 'order-service', port: 80, path: null, retries: 2 }],
    },
    '/routes?size=1000': {
      data: [
        { id: 'r', name: 'orders.one', methods: ['GET'], paths: ['/orders'], service: { id: 's' } },
        { id: 'q', name: 'pages', methods: null, paths: ['/'], service: null },
      ],
    },
    '/plugins?size=1000': {
      data: [
        { name: 'jwt', enabled: true, route: null, service: { id: 's' }, config: { secret: 'not shown' } },
        { name: 'rate-limiting', enabled: true, route: { id: 'r' }, config: { minute: 10, limit_by: 'ip' } },
        { name: 'rate-limiting', enabled: true, config: { minute: 600, hour: 9000, limit_by: 'ip' } },
      ],
    },
    '/upstreams?size=1000': { data: [{ id: 'u', name: 'order-service' }] },
    '/upstreams/u/health': { data: [{ target: '127.0.0.1:1', weight: 100, health: 'HEALTHY', data: {} }] },
  }

  it('is shown as its Admin API has it in force, with the limit of each route and no secret', async () => {
    const { status, body } = await get('/v1/admin/gateway', { gateway: { url: await answering(pages) } })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      version: '3.9.1',
      configurationHash: 'abc',
      services: [{ name: 'order', address: 'http://order-service:80', retries: 2 }],
      routes: [
        { name: 'orders.one', service: 'order', plugins: ['jwt', 'rate-limiting'], limit: '10 a minute by ip' },
        { name: 'pages', service: null, plugins: [], limit: '600 a minute, 9000 an hour by ip' },
      ],
      upstreams: [{ name: 'order-service', targets: [{ target: '127.0.0.1:1', health: 'HEALTHY' }] }],
    })
    expect(JSON.stringify(body)).not.toContain('not shown')
  })

  it.each([undefined, { url: nowhere }])('is unavailable where it is not told or silent', async (gateway) => {
    expect((await get('/v1/admin/gateway', { gateway })).status).toBe(503)
  })
})

describe('the audit log', () => {
  const entry = (service: string): AuditEntry => {
    const about = { id: newId(), service, at: new Date().toISOString(), actor: newId(), action: 'order.cancelled' }
    return { ...about, subject: 'x', before: null, after: null, requestId: 'r' } as AuditEntry
  }

  it('merges the services by time, names those that are silent, and goes on where it ended', async () => {
    const [first, second, third] = [entry('order'), entry('product'), entry('order')]
    const order = await answering({
      '/v1/admin/audit?limit=2': { items: [third, first], nextCursor: null },
      [`/v1/admin/audit?limit=2&cursor=${second.id}`]: { items: [first], nextCursor: null },
    })
    const product = await answering({
      '/v1/admin/audit?limit=2': { items: [second], nextCursor: null },
      [`/v1/admin/audit?limit=2&cursor=${second.id}`]: { items: [], nextCursor: null },
    })
    const audit = { order, product, payment: nowhere }
    const page = (await get('/v1/admin/audit?limit=2', { audit })).body
    expect(page).toEqual({ items: [third, second], nextCursor: second.id, incomplete: ['payment'] })
    const rest = (await get(`/v1/admin/audit?limit=2&cursor=${page.nextCursor}`, { audit })).body
    expect(rest).toEqual({ items: [first], nextCursor: null, incomplete: ['payment'] })
  })

  it('leaves the reads out where only changes are asked for, and asks only user-service for the reads', async () => {
    const [change, read, both] = [entry('user'), entry('user'), entry('order')]
    const user = await answering({
      '/v1/admin/audit?limit=20&kind=change': { items: [change], nextCursor: null },
      '/v1/admin/audit?limit=20&kind=read': { items: [read], nextCursor: null },
    })
    const order = await answering({ '/v1/admin/audit?limit=20': { items: [both], nextCursor: null } })
    const audit = { user, order }
    const changes = (await get('/v1/admin/audit?kind=change', { audit })).body
    expect(changes).toEqual({ items: [both, change], nextCursor: null, incomplete: [] })
    const reads = (await get('/v1/admin/audit?kind=read', { audit })).body
    expect(reads).toEqual({ items: [read], nextCursor: null, incomplete: [] })
  })
})

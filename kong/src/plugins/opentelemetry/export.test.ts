import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createGateway, type Gateway } from '../../gateway.ts'
import { readSettings } from '../../settings.ts'
import { spansIn } from './testing/otlp.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }
const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'

const closing: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function serve(handler: http.RequestListener): Promise<number> {
  const server = http.createServer(handler)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** A collector that refuses so many requests before it takes them. */
async function collector(refusals = 0) {
  const bodies: { readonly headers: http.IncomingHttpHeaders; readonly body: Buffer }[] = []
  let left = refusals
  const port = await serve((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      if (left-- > 0) {
        response.writeHead(503).end()
        return
      }
      bodies.push({ headers: request.headers, body: Buffer.concat(pieces) })
      response.end()
    })
  })
  return { port, bodies }
}

async function startGateway(environment: Record<string, string>, config: object): Promise<[Gateway, string]> {
  const upstream = await serve((request, response) => response.end(JSON.stringify(request.headers)))
  const settings = readSettings({ 'proxy-listen': '127.0.0.1:0' }, environment)
  const gateway = createGateway({ settings, log: silent })
  closing.push(() => gateway.close(0))
  const { proxy } = await gateway.listen()
  const result = gateway.load(
    {
      _format_version: '3.0',
      services: [
        { name: 's', url: `http://127.0.0.1:${upstream}`, routes: [{ name: 'r', paths: ['/shop'] }] },
        { name: 'closed', url: 'http://127.0.0.1:1', retries: 1, routes: [{ name: 'c', paths: ['/closed'] }] },
      ],
      plugins: [{ name: 'opentelemetry', config }, { name: 'correlation-id' }],
    },
    { source: 'admin' },
  )
  expect(result.ok).toBe(true)
  return [gateway, `http://127.0.0.1:${proxy}`]
}

const tracing = {
  KONG_TRACING_INSTRUMENTATIONS: 'request, router, balancer, plugin_access',
  KONG_TRACING_SAMPLING_RATE: '1',
}
const soon = { max_batch_size: 200, max_coalescing_delay: 0.05 }
const configFor = (port: number, more: object = {}) => ({
  traces_endpoint: `http://127.0.0.1:${port}/v1/traces?tenant=1`,
  queue: soon,
  ...more,
})

describe('the export of spans', () => {
  it('sends one span for the request and one for each part of it, in protobuf', { timeout: 30_000 }, async () => {
    const { port, bodies } = await collector()
    const config = configFor(port, { headers: { 'X-Token': 'abc' }, resource_attributes: { 'service.name': 'shop' } })
    const [, base] = await startGateway(tracing, config)
    const answer = await fetch(`${base}/shop/x?a=1`, { headers: { traceparent: `00-${TRACE}-${SPAN}-01` } })
    const upstreamSaw = ((await answer.json()) as { traceparent: string }).traceparent
    await vi.waitFor(() => expect(bodies).toHaveLength(1), 10_000)

    expect(bodies[0]?.headers).toMatchObject({ 'content-type': 'application/x-protobuf', 'x-token': 'abc' })
    const { spans, resource } = spansIn(bodies[0]?.body as Buffer)
    expect(resource).toMatchObject({ 'service.name': 'shop', 'service.version': '3.9.1' })
    expect(spans.map(({ name }) => name)).toEqual([
      'kong',
      'kong.router',
      'kong.access.plugin.correlation-id',
      'kong.access.plugin.opentelemetry',
      'kong.balancer',
    ])
    const [root, router, , , balancer] = spans
    expect(root).toMatchObject({ traceId: TRACE, parentId: SPAN, kind: 2 })
    expect(root?.attributes).toMatchObject({
      'http.method': 'GET',
      'http.url': 'http://127.0.0.1/shop/x?a=1',
      'http.route': '/shop',
      'http.status_code': 200,
    })
    expect(router).toMatchObject({ traceId: TRACE, parentId: root?.id })
    expect(balancer).toMatchObject({ traceId: TRACE, parentId: root?.id, kind: 3 })
    expect(upstreamSaw).toBe(`00-${TRACE}-${balancer?.id}-01`)
    for (const { start, end } of spans) expect(end).toBeGreaterThanOrEqual(start)
  })

  it('marks tries that failed, and tries again when the collector does not answer 200', {
    timeout: 30_000,
  }, async () => {
    const { port, bodies } = await collector(2)
    const [, base] = await startGateway(tracing, configFor(port))
    expect((await fetch(`${base}/closed`)).status).toBe(502)
    await vi.waitFor(() => expect(bodies).toHaveLength(1), 10_000)
    const { spans } = spansIn(bodies[0]?.body as Buffer)
    const tries = spans.filter(({ name }) => name === 'kong.balancer')
    expect(tries.map(({ attributes }) => attributes.try_count)).toEqual([1, 2])
    expect(tries[0]?.status).toBe(2)
  })

  it('sends nothing of what is not sampled', { timeout: 30_000 }, async () => {
    const { port, bodies } = await collector()
    const [gateway, base] = await startGateway(tracing, configFor(port))
    await fetch(`${base}/shop`, { headers: { traceparent: `00-${TRACE}-${SPAN}-00` } })
    gateway.load({ _format_version: '3.0' }, { source: 'admin' })
    const [, other] = await startGateway(tracing, configFor(port, { sampling_rate: 0 }))
    await fetch(`${other}/shop`)
    const [, last] = await startGateway(tracing, configFor(port))
    await fetch(`${last}/shop`)
    await vi.waitFor(() => expect(bodies).toHaveLength(1), 10_000)
    expect(spansIn(bodies[0]?.body as Buffer).spans[0]?.traceId).not.toBe(TRACE)
  })

  it('happens nowhere without tracing_instrumentations, as in Kong', async () => {
    const { port, bodies } = await collector()
    const [, base] = await startGateway({}, configFor(port))
    const answer = await fetch(`${base}/shop`)
    expect(((await answer.json()) as { traceparent: string }).traceparent).toMatch(/-00$/)
    const [, traced] = await startGateway(tracing, configFor(port))
    await fetch(`${traced}/shop`)
    await vi.waitFor(() => expect(bodies).toHaveLength(1), 10_000)
  })
})

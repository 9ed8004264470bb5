import type { Access } from '@portico/contracts'
import { createApp, createLog, createMetrics, pathsOf } from '@portico/service-kit'
import fc from 'fast-check'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { Asker } from './ask.ts'
import { HANDLER, mountHandlers, type ServedApp, serveApp, servedBy } from './handlers.ts'
import { type ShopGateway, startShopGateway } from './shop-gateway.ts'
import { aroundPath, changedTwice, withinPath } from './spellings.ts'

const AT_ONCE = 32

interface Endpoint {
  readonly service: string
  readonly handler: string
  readonly method: string
  readonly target: string
  readonly access: Access
  readonly hasParameters: boolean
}

/** Every method and path of every service, with `/v1` and without. */
const endpoints: readonly Endpoint[] = Object.entries(servedBy).flatMap(([service, routes]) =>
  routes.flatMap(({ id, method, path, access }) => {
    const paths = pathsOf(path.replaceAll(/:\w+/g, '0197a6de-0000-7000-8000-000000000001'))
    return paths.map((target) => ({
      service,
      handler: `${service}.${id}`,
      method,
      target,
      access,
      hasParameters: path.includes(':'),
    }))
  }),
)
const versioned = endpoints.filter(({ target }) => /^\/(?:v\d|\.)/.test(target))

/** Runs a task for each item, several at a time; the results that are not undefined. */
async function collect<T, R>(items: readonly T[], task: (item: T) => Promise<R | undefined>): Promise<R[]> {
  const queue = items.values()
  const results: R[] = []
  const work = async () => {
    for (const item of queue) {
      const result = await task(item)
      if (result !== undefined) results.push(result)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return results
}

describe('a request target through the gateway', () => {
  const upstreams: ServedApp[] = []
  let gateway: ShopGateway
  let asker: Asker
  /** The plugins that guard each handler where its path is spelled plainly; no entry for an internal handler. */
  const guards = new Map<string, readonly string[]>()
  let clients = 0

  beforeAll(async () => {
    const ports = new Map<string, number>()
    for (const service of Object.keys(servedBy)) {
      // Without the service kit, which refuses most spellings by itself: kong.yml alone has to hold.
      const upstream = await serveApp(mountHandlers(new Hono(), service))
      upstreams.push(upstream)
      ports.set(service, upstream.port)
    }
    gateway = await startShopGateway(ports)
    asker = new Asker(gateway.port)
    for (const { method, target } of endpoints) {
      const { handler, route } = await ask(method, target)
      if (handler && route) guards.set(handler, gateway.guardsOf(route))
    }
  })

  afterAll(async () => {
    asker.close()
    await gateway.stop()
    await Promise.all(upstreams.map((each) => each.stop()))
  })

  async function ask(method: string, target: string, over: 'http1' | 'http2' = 'http1') {
    clients += 1
    const { status, headers } = await asker.ask(over, method, target, {
      authorization: `Bearer ${gateway.token}`,
      'x-real-ip': `10.${clients >> 16}.${(clients >> 8) & 255}.${clients & 255}`,
      'kong-debug': '1',
    })
    // No verdict: a limit was reached, or an upstream did not answer.
    if (status === 429 || status >= 500) throw new Error(`${method} ${JSON.stringify(target)} is answered ${status}`)
    return { status, handler: headers[HANDLER], route: headers['kong-route-name'] }
  }

  /** What is wrong with the way that a request took to a handler; undefined where it reached none, or all is well. */
  async function faultOf(method: string, target: string, over?: 'http1' | 'http2'): Promise<string | undefined> {
    const { handler, route = '' } = await ask(method, target, over)
    if (handler === undefined) return undefined
    const way = `${method} ${JSON.stringify(target)} reaches ${handler} by ${route}`
    const wanted = guards.get(handler)
    if (!wanted) return `${way}, which is internal`
    const missing = wanted.filter((guard) => !gateway.guardsOf(route).includes(guard))
    return missing.length > 0 ? `${way} without ${missing}` : undefined
  }

  it('reaches every handler but the internal ones when it is spelled plainly', () => {
    // Storefront merges orders with their users, and the audit logs of all services.
    const isInternal = ({ access, handler }: Endpoint) =>
      typeof access === 'object' || /\.(listOrders|listAudit)$/.test(handler)
    const wrong = endpoints.filter((endpoint) => guards.has(endpoint.handler) === isInternal(endpoint))
    expect(wrong).toEqual([])
    expect(guards.get('storefront.createWebSession')).toEqual([expect.stringContaining('rate-limiting')])
    expect(guards.get('order.placeOrder')).toEqual([expect.stringContaining('jwt')])
  })

  it('reaches no handler through fewer plugins by another spelling', { timeout: 300_000 }, async () => {
    const requests = new Map<string, readonly [method: string, target: string]>()
    const add = (method: string, targets: readonly string[]) => {
      for (const target of targets) requests.set(`${method} ${target}`, [method, target])
    }
    // The aliases share the expressions of the versioned paths; the next test spells them too.
    for (const { method, target } of versioned) add(method, [...aroundPath(target), ...withinPath(target)])
    // Hono runs the handler of GET for HEAD.
    for (const { method, target } of endpoints) if (method === 'GET') add('HEAD', [target, `${target}/`, `${target}#x`])
    expect(await collect([...requests.values()], ([method, target]) => faultOf(method, target))).toEqual([])
  })

  it('reaches no handler through fewer plugins by a spelling with two changes', async () => {
    const change = fc.nat(10_000)
    const property = fc.asyncProperty(
      fc.constantFrom(...endpoints),
      change,
      change,
      async (endpoint, first, second) => {
        const { method, target } = endpoint
        expect(await faultOf(method, changedTwice(target, first, second))).toBeUndefined()
      },
    )
    await fc.assert(property, { numRuns: 1000 })
  })

  it('reaches no handler through fewer plugins by another spelling over HTTP/2', async () => {
    const requests = endpoints
      .filter(({ service }) => service === 'storefront')
      .flatMap(({ method, target }) => aroundPath(target).map((each) => [method, each] as const))
      // What HTTP/2 carries as a path.
      .filter(([, target]) => /^\/[!-~]*$/.test(target))
    expect(await collect(requests, ([method, target]) => faultOf(method, target, 'http2'))).toEqual([])
  })

  it.each(['http1', 'http2'] as const)('is answered 400 where it has a fragment, over %s', async (over) => {
    const answers = await collect(endpoints, async ({ method, target }) => {
      const { status } = await ask(method, `${target}#x`, over)
      return status === 400 ? undefined : `${method} ${target}: ${status}`
    })
    expect(answers).toEqual([])
  })
})

describe('a request target that comes to a service directly', () => {
  it.each(Object.keys(servedBy))('reaches a handler of %s by its plain spelling alone', async (service) => {
    const log = createLog('test', 'silent')
    const options = { service, version: '1', log, metrics: createMetrics(service), routes: [], required: {} }
    const upstream = await serveApp(mountHandlers(createApp({ ...options, accepting: () => true }), service))
    const asker = new Asker(upstream.port)
    onTestFinished(async () => {
      asker.close()
      await upstream.stop()
    })
    const requests = versioned
      .filter((each) => each.service === service && !each.hasParameters)
      .flatMap(({ target, ...rest }) =>
        [target, ...aroundPath(target), ...withinPath(target)].map((spelling) => ({ ...rest, target, spelling })),
      )
    const faults = await collect(requests, async ({ method, target, handler, spelling }) => {
      const { headers } = await asker.ask('http1', method, spelling, {})
      const isPlain = spelling.split('?')[0] === target && !spelling.includes('#')
      if ((headers[HANDLER] === handler) === isPlain) return undefined
      return `${method} ${JSON.stringify(spelling)} reaches ${headers[HANDLER]}`
    })
    expect(faults).toEqual([])
  })
})

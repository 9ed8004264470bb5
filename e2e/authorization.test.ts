import { randomUUID } from 'node:crypto'
import type { Problem, Route } from '@portico/contracts'
import { createGrpcClient } from '@portico/service-kit/grpc'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Called, createIntruders, type Intruders, serviceTokens } from './authorization/callers.ts'
import { openLive } from './authorization/live.ts'
import { type Reader, type Request, type Row, rows } from './authorization/rows.ts'
import { allRoutes, guardedGrpc, isInternal, isMerged, pairs, served } from './authorization/served.ts'
import { createWorld, password, type World } from './authorization/world.ts'
import { newClient } from './client.ts'
import { type Shop, startShop } from './shop.ts'

const adminEmail = `${randomUUID()}@example.test`
let shop: Shop
const ports = new Map<string, readonly number[]>()

beforeAll(async () => {
  shop = await startShop()
  const made = await shop.run('admin', ['create', adminEmail], { PORTICO_ADMIN_PASSWORD: password })
  expect(made, made.stderr).toMatchObject({ code: 0 })
  for (const { name, ports: open } of await shop.status()) ports.set(name, open)
}, 260_000)

afterAll(() => shop?.stop(), 20_000)

const urlOf = (service: string) => `http://127.0.0.1:${ports.get(service)?.[0]}`

describe('the matrix of who may do what', () => {
  it('has a row for every route of the contract, with the access that the contract says', () => {
    const accesses = (list: readonly Pick<Route, 'id' | 'access'>[]) =>
      [...new Set(list.map(({ id, access }) => `${id}: ${JSON.stringify(access)}`))].sort()
    expect(accesses(Object.entries(rows).map(([id, { access }]) => ({ id, access })))).toEqual(accesses(allRoutes))
  })

  it('covers what the running services say that they serve', async () => {
    for (const [service, routes] of Object.entries(served)) {
      const { body } = await newClient(urlOf(service)).call<{ paths: object }>('GET', '/openapi.json')
      const documented = Object.values(body.paths).flatMap((path) => Object.values(path as object))
      expect(documented.map(({ operationId }) => operationId).sort(), service).toEqual(
        routes.map(({ id }) => id).sort(),
      )
    }
  })
})

describe.each(['service', 'gateway'] as const)('asked at the %s', (door) => {
  let world: World
  let intruders: Intruders

  beforeAll(async () => {
    world = await createWorld(shop, adminEmail)
    intruders = await createIntruders(shop, world.owner)
  }, 120_000)

  const reachable = door === 'service' ? pairs : pairs.filter(([, service, route]) => !isMerged(service, route))

  it.each(reachable)('answers each caller of %s as the matrix says', async (_, service, route) => {
    const row = rows[route.id] as Row
    const hidden = door === 'gateway' && isInternal(service, route)
    const client = newClient(door === 'service' ? urlOf(service) : shop.url)
    const send = async (authorization: string | undefined, request = row.ask(world)) => {
      const headers = { ...request.headers, ...(authorization && { authorization }) }
      return await client.call<Problem>(route.method, pathOf(route, request), { headers, body: request.body })
    }
    const expectOf = async (caller: string, authorization: string | undefined, status: number) => {
      const { status: answered, body } = await send(authorization)
      expect(answered, `${caller}: ${JSON.stringify(body)}`).toBe(hidden ? 404 : status)
      if (caller !== 'owner' && caller !== 'admin' && caller !== 'service') expectNothingOf(world, body, row)
    }
    // A public route looks at no credential: two show it, and more would be throttled as guesses.
    const tried = Object.entries(intruders).slice(0, row.access === 'public' ? 2 : undefined)
    await Promise.all(
      tried.map(async ([caller, credential]) => expectOf(caller, await credential(service), row.intruders)),
    )

    const readers = Object.entries(row.answers) as [Reader, number][]
    for (const [reader, status] of readers.sort(([, a], [, b]) => b - a))
      await expectOf(reader, `Bearer ${world[reader].token}`, status)

    if (row.answers.stranger === 404) {
      const authorization = `Bearer ${world.stranger.token}`
      const [ofOwner, ofNobody] = [await send(authorization), await send(authorization, absentOf(row.ask(world)))]
      expect(withoutId(ofOwner.body), 'as if it did not exist').toEqual(withoutId(ofNobody.body))
    }
    if (row.service === undefined) return
    const { right, wrong } = await serviceTokens(shop, service as Called)
    for (const [caller, authorization] of Object.entries(wrong)) await expectOf(caller, authorization, 401)
    await expectOf('service', right, row.service)
  })

  it('order: the WebSocket of live orders', async () => {
    const open = (authorization = '') =>
      openLive(door === 'service' ? urlOf('order') : shop.url, authorization.replace('Bearer ', ''))
    const { 'a ticket for a WebSocket': ticket, ...others } = intruders
    for (const [caller, credential] of Object.entries(others))
      expect(await open(await credential('order')), caller).toBe(401)
    for (const reader of ['owner', 'admin'] as const) expect(await open(world[reader].token), reader).toBe(401)
    const usedOnce = await ticket?.('order')
    expect([await open(usedOnce), await open(usedOnce)]).toEqual([101, 401])
  })
})

it.each(
  guardedGrpc.flatMap((service) => Object.keys(service.methods).map((name) => [service.name, name, service] as const)),
)('gRPC %s/%s answers to services alone', async (_, name, service) => {
  const world = await createWorld(shop, adminEmail)
  const client = createGrpcClient(service, `grpc://127.0.0.1:${ports.get('product')?.[2]}`)
  const codeOf = async (authorization: string | undefined) => {
    const call = client.call(name, {}, { ...(authorization && { authorization }), timeoutMs: 10_000 })
    return await call.then(
      () => 'answered',
      (error) => error.code,
    )
  }
  const { right, wrong } = await serviceTokens(shop, 'product')
  const callers: Record<string, string | undefined> = { ...wrong }
  for (const [caller, credential] of Object.entries(await createIntruders(shop, world.owner)))
    callers[caller] = await credential('product')
  for (const reader of ['owner', 'stranger', 'admin'] as const) callers[reader] = `Bearer ${world[reader].token}`
  for (const [caller, authorization] of Object.entries(callers))
    expect(await codeOf(authorization), caller).toBe('unauthenticated')
  expect(await codeOf(right)).toBe('invalid_request')
  client.close()
})

function pathOf({ path }: Route, { params = {}, query }: Request): string {
  const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  return query ? `${filled}?${new URLSearchParams(query)}` : filled
}

/** The same request for something that nobody has. */
const absentOf = (request: Request): Request => ({ ...request, params: { id: randomUUID() } })

const withoutId = ({ requestId: _, ...problem }: Problem) => problem

/** No answer to somebody else shows what belongs to the owner. */
function expectNothingOf(world: World, body: unknown, { access }: Row): void {
  if (access === 'public') return
  const { owner, payment, paid, declined, cancellable } = world
  const text = JSON.stringify(body)
  for (const secret of [owner.id, owner.email, ...[payment, paid, declined, cancellable].map(({ id }) => id)])
    expect(text).not.toContain(secret)
}

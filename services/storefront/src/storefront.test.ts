import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAccessTokenVerifier, createAuthentication, createLog, newId } from '@portico/service-kit'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { TrafficMemory } from './admin/history.ts'
import { createStorefrontApp } from './app.ts'
import { connectParts } from './parts.ts'
import { connectSessions } from './web-sessions/sessions.ts'

type Answer = (path: string, authorization: string | undefined) => { status: number; body: unknown } | 'silence'

interface Body {
  readonly type: string
  readonly requestId: string
  readonly errors: readonly { readonly field: string }[]
}

const userId = newId()
const user = {
  id: userId,
  email: 'ada@example.test',
  name: 'Ada',
  role: 'customer',
  createdAt: '2026-01-01T00:00:00.000Z',
}
const eur = (amount: number) => ({ amount, currency: 'EUR' })
const order = {
  id: newId(),
  status: 'paid',
  items: [{ productId: newId(), name: 'Lamp', quantity: 1, unitPrice: eur(1999) }],
  total: eur(1999),
  refunded: eur(0),
  createdAt: '2026-01-02T00:00:00.000Z',
}
const log = createLog('test', 'silent')
const operations = { services: {}, audit: {}, sources: [], memory: new TrafficMemory([]) }
const servers: Server[] = []
let authentication: ReturnType<typeof createAuthentication>
let authorization: string

beforeAll(async () => {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256' }] }
  authentication = createAuthentication({
    accessToken: createAccessTokenVerifier({ JWT_ISSUER: 'iss', JWT_AUDIENCE: 'aud', JWT_JWKS: JSON.stringify(jwks) }),
  })
  const token = new SignJWT({ role: 'customer' }).setProtectedHeader({ alg: 'RS256', kid: 'k' }).setSubject(userId)
  authorization = `Bearer ${await token.setIssuer('iss').setAudience('aud').setExpirationTime('1m').sign(privateKey)}`
})

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function service(answer: Answer): Promise<string> {
  const server = createServer((request, response) => {
    const reply = answer(request.url ?? '', request.headers.authorization)
    if (reply === 'silence') return
    response.writeHead(reply.status, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const orders: Answer = () => ({ status: 200, body: { items: [order], nextCursor: 'next' } })
const profile: Answer = () => ({ status: 200, body: user })

async function get(
  path: string,
  parts: { order: Answer; user: Answer },
  headers: Record<string, string> = { authorization },
) {
  const urls = { orderUrl: await service(parts.order), userUrl: await service(parts.user) }
  const sessions = connectSessions(urls.userUrl)
  const app = createStorefrontApp({
    parts: connectParts(urls, log),
    sessions,
    authentication,
    operations,
    files: new Map(),
    log,
  })
  const response = await app.request(path, { headers })
  return { status: response.status, type: response.headers.get('content-type'), body: (await response.json()) as Body }
}

describe('GET /v1/orders', () => {
  it.each(['/v1/orders', '/orders'])('answers %s with the orders merged with who placed them', async (path) => {
    const { status, body } = await get(path, { order: orders, user: profile })
    expect(status).toBe(200)
    const merged = { ...order, user: { id: userId, email: user.email, name: user.name } }
    expect(body).toEqual({ items: [merged], nextCursor: 'next', incomplete: [] })
  })

  it("asks both services with the caller's own token and hands the query on", async () => {
    const asked: string[] = []
    const note =
      (name: string, answer: Answer): Answer =>
      (path, token) => {
        asked.push(`${name} ${path} ${token === authorization}`)
        return answer(path, token)
      }
    await get('/v1/orders?status=paid&limit=5', { order: note('order', orders), user: note('user', profile) })
    expect(asked.sort()).toEqual(['order /v1/orders?status=paid&limit=5 true', 'user /v1/users/me true'])
  })

  it.each([
    ['does not answer within a second', () => 'silence'],
    ['fails', () => ({ status: 500, body: {} })],
    ['answers outside its contract', () => ({ status: 200, body: { nonsense: true } })],
  ] as [string, Answer][])('still answers the orders when user-service %s', async (_, answer) => {
    const { status, body } = await get('/v1/orders', { order: orders, user: answer })
    expect(status).toBe(200)
    expect(body).toEqual({ items: [{ ...order, user: null }], nextCursor: 'next', incomplete: ['user'] })
  })

  it('says 503 when order-service does not answer well', async () => {
    const { status, body, type } = await get('/v1/orders', { order: () => ({ status: 500, body: {} }), user: profile })
    expect([status, body.type, type]).toEqual([503, 'urn:portico:problem:unavailable', 'application/problem+json'])
  })

  it('passes on what order-service refuses', async () => {
    const refusal = {
      status: 400,
      body: {
        type: 'urn:portico:problem:invalid-request',
        errors: [{ field: 'cursor', message: 'is not a cursor of this list' }],
      },
    }
    const { status, body } = await get('/v1/orders?cursor=x', { order: () => refusal, user: profile })
    expect([status, body.errors]).toEqual([400, refusal.body.errors])
  })

  it('names every wrong parameter itself', async () => {
    const { status, body } = await get('/v1/orders?limit=0&status=lost', { order: orders, user: profile })
    expect(status).toBe(400)
    expect(body.errors.map((each) => each.field).sort()).toEqual(['limit', 'status'])
  })

  it('looks at who asks before it looks at what', async () => {
    const { status, body } = await get('/v1/orders?limit=0', { order: orders, user: profile }, {})
    expect([status, body.type]).toEqual([401, 'urn:portico:problem:unauthenticated'])
  })
})

it('answers an unknown path as a problem document', async () => {
  const { status, type, body } = await get('/v1/nothing', { order: orders, user: profile }, {})
  expect([status, type, body.type]).toEqual([404, 'application/problem+json', 'urn:portico:problem:not-found'])
  expect(body.requestId).not.toBe('')
})

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAuthentication, createLog } from '@portico/service-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { TrafficMemory } from '../admin/history.ts'
import { createStorefrontApp } from '../app.ts'
import { connectParts } from '../parts.ts'
import { connectSessions } from './sessions.ts'

const log = createLog('test', 'silent')
const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

interface Asked {
  readonly path: string
  readonly body: Readonly<Record<string, string>>
}

type Reply = { status: number; body?: unknown; headers?: Record<string, string>; after?: Promise<unknown> }

const session = (refreshToken: string, refreshExpiresIn = 86_400) => ({
  ...{ accessToken: 'a.b.c', tokenType: 'Bearer', expiresIn: 900 },
  ...{ refreshToken, refreshExpiresIn },
})
const problem = (status: number, code: string, more = {}) => ({
  status,
  body: { type: `urn:portico:problem:${code}`, title: code, ...more },
})

/** A storefront before a user-service that answers as told; what reached that is noted. */
async function storefront(answer: (asked: Asked) => Reply, options: { secureCookies?: boolean } = {}) {
  const asked: Asked[] = []
  const addresses: (string | string[] | undefined)[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const heard = { path: `${request.method} ${request.url}`, body: JSON.parse(text || '{}') }
    asked.push(heard)
    addresses.push(request.headers['x-real-ip'])
    const { status, body, headers, after } = answer(heard)
    await after
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body && JSON.stringify(body))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const userUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const app = createStorefrontApp({
    parts: connectParts({ orderUrl: userUrl, userUrl }, log),
    sessions: connectSessions(userUrl),
    authentication: createAuthentication({ accessToken: () => Promise.reject(new Error('not asked for here')) }),
    operations: { services: {}, audit: {}, sources: [], memory: new TrafficMemory([]) },
    files: new Map(),
    log,
    ...options,
  })
  return {
    asked,
    addresses,
    call: (path: string, method: string, headers = {}, body?: object) => call(app, path, { method, headers, body }),
  }
}

const ours = { host: 'shop.test', 'x-csrf': '1', origin: 'https://shop.test', 'x-forwarded-proto': 'https' }
const withCookie = (token: string) => ({ ...ours, cookie: `portico_refresh=${token}` })

async function call(
  app: ReturnType<typeof createStorefrontApp>,
  path: string,
  { method, headers, body }: { method: string; headers: object; body: object | undefined },
) {
  const response = await app.request(path, {
    method,
    headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    cookie: response.headers.get('set-cookie'),
    headers: response.headers,
    body: text ? JSON.parse(text) : undefined,
  }
}

const credentials = { email: 'ada@example.test', password: 'a good long password' }

describe('POST /v1/web/sessions', () => {
  it('gives the page the access token alone, and the browser the refresh token in a cookie that lives as long', async () => {
    const { call, asked } = await storefront(() => ({ status: 201, body: session('r1') }))
    const { status, body, cookie, headers } = await call('/v1/web/sessions', 'POST', ours, credentials)
    expect(status).toBe(201)
    expect(body).toEqual({ accessToken: 'a.b.c', tokenType: 'Bearer', expiresIn: 900 })
    expect(cookie?.split('; ').sort()).toEqual(
      ['HttpOnly', 'Max-Age=86400', 'Path=/v1/web/sessions', 'SameSite=Strict', 'Secure', 'portico_refresh=r1'].sort(),
    )
    expect(headers.get('cache-control')).toBe('no-store')
    expect(asked).toEqual([{ path: 'POST /v1/sessions', body: credentials }])
  })

  it('keeps the cookie for 400 days where sessions live longer, which is the most that browsers allow', async () => {
    const { call } = await storefront(() => ({ status: 201, body: session('r1', 1000 * 24 * 3600) }))
    const { status, cookie } = await call('/v1/web/sessions', 'POST', ours, credentials)
    expect([status, cookie]).toEqual([201, expect.stringContaining('Max-Age=34560000')])
  })

  it("passes the browser's address on, by which user-service throttles guesses", async () => {
    const { call, addresses } = await storefront(() => ({ status: 201, body: session('r1') }))
    await call('/v1/web/sessions', 'POST', { ...ours, 'x-real-ip': '203.0.113.7' }, credentials)
    await call('/v1/web/sessions/refresh', 'POST', { ...withCookie('r1'), 'x-real-ip': '203.0.113.8' })
    await call('/v1/web/sessions', 'POST', ours, credentials)
    expect(addresses).toEqual(['203.0.113.7', '203.0.113.8', undefined])
  })

  it('keeps the cookie off plain HTTP whatever a header says, unless a setting allows it', async () => {
    const answer = () => ({ status: 201, body: session('r1') })
    const plain = { ...ours, origin: 'http://shop.test', 'x-forwarded-proto': 'http' }
    const byDefault = await storefront(answer)
    expect((await byDefault.call('/v1/web/sessions', 'POST', plain, credentials)).cookie).toContain('Secure')
    const trial = await storefront(answer, { secureCookies: false })
    for (const headers of [plain, ours])
      expect((await trial.call('/v1/web/sessions', 'POST', headers, credentials)).cookie).not.toContain('Secure')
  })

  it('asks for HTTPS from then on where the browser came by it, and only there', async () => {
    const { call } = await storefront(() => ({ status: 201, body: session('r1') }))
    const plain = { ...ours, 'x-forwarded-proto': 'http' }
    const hsts = async (headers: object) =>
      (await call('/v1/web/sessions', 'POST', headers, credentials)).headers.get('strict-transport-security')
    expect(await hsts(ours)).toBe('max-age=31536000')
    expect(await hsts(plain)).toBeNull()
    expect((await call('/nowhere', 'GET', ours)).headers.get('strict-transport-security')).toBe('max-age=31536000')
  })

  it('limits the cookie to the alias for who came by that', async () => {
    const { call } = await storefront(() => ({ status: 201, body: session('r1') }))
    expect((await call('/web/sessions', 'POST', ours, credentials)).cookie).toContain('Path=/web/sessions;')
  })

  it('hands on what user-service refuses, with how long to wait', async () => {
    const { call } = await storefront(() => ({ ...problem(429, 'too-many-attempts'), headers: { 'retry-after': '7' } }))
    const { status, headers, cookie } = await call('/v1/web/sessions', 'POST', ours, credentials)
    expect([status, headers.get('retry-after'), cookie]).toEqual([429, '7', null])
  })

  it('names every wrong field, and says 503 when user-service fails', async () => {
    const { call } = await storefront(() => ({ status: 500 }))
    const wrong = await call('/v1/web/sessions', 'POST', ours, { email: '' })
    expect(wrong.body.errors.map(({ field }: { field: string }) => field).sort()).toEqual(['email', 'password'])
    expect((await call('/v1/web/sessions', 'POST', ours, credentials)).status).toBe(503)
  })

  it('ends the session that the browser had before', async () => {
    const { call, asked } = await storefront(({ path }) =>
      path.startsWith('DELETE') ? { status: 204 } : { status: 201, body: session('new') },
    )
    await call('/v1/web/sessions', 'POST', withCookie('old'), credentials)
    expect(asked.at(-1)).toEqual({ path: 'DELETE /v1/sessions', body: { refreshToken: 'old' } })
  })
})

describe('a page of somebody else', () => {
  const foreign: [string, Record<string, string>][] = [
    ['sends no X-CSRF', { host: 'shop.test' }],
    ['has another origin', { ...ours, origin: 'https://evil.test' }],
    ['has no origin that it would tell', { ...ours, origin: 'null' }],
    ['is told of by the browser', { ...ours, 'sec-fetch-site': 'same-site' }],
    ['looks alike', { ...ours, origin: 'https://shop.test.evil.test' }],
  ]
  it.each(foreign)('is refused when it %s, before anything is asked', async (_, headers) => {
    const { call, asked } = await storefront(() => ({ status: 201, body: session('r1') }))
    for (const path of ['/v1/web/sessions', '/web/sessions', '/v1/web/sessions/refresh', '/web/sessions/refresh']) {
      expect((await call(path, 'POST', headers, {})).status).toBe(403)
    }
    expect((await call('/v1/web/sessions', 'DELETE', headers)).status).toBe(403)
    expect(asked).toEqual([])
  })

  it('is not confused with ours behind a gateway that says which host was asked for', async () => {
    const { call } = await storefront(() => ({ status: 201, body: session('r1') }))
    const proxied = {
      ...ours,
      host: '127.0.0.1:8085',
      'x-forwarded-host': 'shop.test',
      origin: 'https://shop.test:8443',
    }
    expect((await call('/v1/web/sessions', 'POST', proxied, credentials)).status).toBe(201)
  })
})

describe('POST /v1/web/sessions/refresh', () => {
  it('uses the cookie up and gives the next', async () => {
    const { call, asked } = await storefront(() => ({ status: 200, body: session('r2') }))
    const { status, body, cookie } = await call('/v1/web/sessions/refresh', 'POST', withCookie('r1'))
    expect([status, body.refreshToken]).toEqual([200, undefined])
    expect(cookie).toContain('portico_refresh=r2')
    expect(asked).toEqual([{ path: 'POST /v1/sessions/refresh', body: { refreshToken: 'r1' } }])
  })

  it('asks once for two that come at the same time with the same cookie', async () => {
    let go: (value?: unknown) => void = () => {}
    const gate = new Promise((resolve) => {
      go = resolve
    })
    const { call, asked } = await storefront(() => ({ status: 200, body: session('r2'), after: gate }))
    const both = [1, 2].map(() => call('/v1/web/sessions/refresh', 'POST', withCookie('r1')))
    await expect.poll(() => asked.length).toBe(1)
    go()
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200])
    expect(asked).toHaveLength(1)
  })

  it('says the session has ended without a cookie, and takes one away that no longer serves', async () => {
    const { call, asked } = await storefront(() => problem(401, 'session-ended'))
    expect(await call('/v1/web/sessions/refresh', 'POST', ours)).toMatchObject({ status: 401, cookie: null })
    expect(asked).toEqual([])
    const { status, cookie } = await call('/v1/web/sessions/refresh', 'POST', withCookie('used'))
    expect(status).toBe(401)
    expect(cookie).toContain('Max-Age=0')
  })

  it('keeps the cookie when user-service can not be asked', async () => {
    const { call } = await storefront(() => ({ status: 500 }))
    expect(await call('/v1/web/sessions/refresh', 'POST', withCookie('r1'))).toMatchObject({
      status: 503,
      cookie: null,
    })
  })
})

describe('DELETE /v1/web/sessions', () => {
  it('ends the session and takes the cookie away', async () => {
    const { call, asked } = await storefront(() => ({ status: 204 }))
    const { status, cookie } = await call('/v1/web/sessions', 'DELETE', withCookie('r1'))
    expect(status).toBe(204)
    expect(cookie).toContain('Max-Age=0')
    expect(asked).toEqual([{ path: 'DELETE /v1/sessions', body: { refreshToken: 'r1' } }])
  })

  it('is honest when the session could not be ended, and can be tried again', async () => {
    const { call } = await storefront(() => ({ status: 500 }))
    expect(await call('/v1/web/sessions', 'DELETE', withCookie('r1'))).toMatchObject({ status: 503, cookie: null })
  })
})

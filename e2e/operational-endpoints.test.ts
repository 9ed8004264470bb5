import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createApp, createListener, createLog, createMetrics } from '@portico/service-kit'
import { sendBytes } from '@portico/service-kit/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createGateway, type Gateway } from '../kong/src/gateway.ts'
import { readSettings } from '../kong/src/settings.ts'
import { type Replica, startStorefront } from './discovery/storefront.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }
const services = ['USER', 'PRODUCT', 'PRODUCT_GRPC', 'ORDER', 'PAYMENT', 'STOREFRONT']
const kong = readFileSync(join(import.meta.dirname, '../kong.yml'), 'utf8')
/** The same without the route that hides them, so that the services alone have to. */
const withoutRoute = kong.replace(/^ {6}- name: operations\.hidden\n(?: {8}.*\n)+/m, '')

let replica: Replica
let gateway: Gateway
let port: number
let admin: string

beforeAll(async () => {
  replica = await startStorefront({})
  const settings = readSettings({ 'proxy-listen': '127.0.0.1:0', 'admin-listen': '127.0.0.1:0' }, {})
  gateway = createGateway({ settings, log: silent })
  const ports = await gateway.listen()
  port = Number(ports.proxy)
  admin = `http://127.0.0.1:${ports.admin}`
})

afterAll(async () => {
  await gateway.close(0)
  await replica.stop()
})

/** Every service of the file at one target. */
function load(text: string, target = replica.target): void {
  const pem = () =>
    generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const env = {
    ...Object.fromEntries(services.map((name) => [`DECK_${name}_TARGET`, target])),
    ...{ DECK_JWT_CURRENT_KID: 'a', DECK_JWT_CURRENT_PUBLIC_KEY: pem() },
    ...{ DECK_JWT_NEXT_KID: 'b', DECK_JWT_NEXT_PUBLIC_KEY: pem(), DECK_CORS_ORIGIN: 'http://localhost:5173' },
  }
  const result = gateway.load(text, { source: 'start', env })
  expect(result.ok, JSON.stringify(result)).toBe(true)
}

const names = ['healthz', 'readyz', 'metrics', 'openapi.json']
const encode = (name: string) => [...name].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')
const spellings = (name: string) => [
  ...[`/${name}`, `/${name}?x`, `/${name}#x`, `/${name}/`, `/${name};x`, `/${name}%00`, `/${name}%23`, `/${name}%20`],
  ...[`//${name}`, `/./${name}`, `/x/../${name}`, `/x//..//${name}`, `/%2e/${name}`, `/%2f${name}`, `/\\${name}`],
  ...[`/${encode(name)}`, `/${name.toUpperCase()}`, `/v1/${name}`, `/v1/../${name}`, `/v1/orders/../../${name}`],
  ...[`/shop/../${name}`, `http://shop.test/${name}`, `http://shop.test//${name}`],
]
/** What could make a service believe that no gateway is between. */
const disguises = [
  '',
  'Connection: x-forwarded-for, via, x-real-ip\r\n',
  'X-Forwarded-For: \r\nVia: \r\n',
  'User-Agent: lua-resty-healthcheck\r\n',
]
const operational = /"status":"(alive|ready|not ready)"|process_cpu_user_seconds_total|"openapi":/

it.each([
  ['as it stands', kong],
  ['without the route that hides them', withoutRoute],
])('no spelling of an operational endpoint gets through the gateway with kong.yml %s', async (_, text) => {
  load(text)
  for (const name of names) {
    const requests = ['GET', 'POST'].flatMap((method) =>
      spellings(name).flatMap((target) =>
        disguises.map(
          (lines) => `${method} ${target} HTTP/1.1\r\nHost: shop.test\r\n${lines}Connection: close\r\n\r\n`,
        ),
      ),
    )
    const answers = await Promise.all(requests.map((request) => sendBytes(port, request, 20_000)))
    for (const [i, answer] of answers.entries()) {
      expect(answer, requests[i]).toMatch(/^HTTP\/1\.1 4\d\d /)
      expect(answer, requests[i]).not.toMatch(operational)
    }
  }
})

it('the health checks of the gateway still see whether a service is ready', async () => {
  load(kong)
  const answeredReady = async () => {
    const text = await (await fetch(`http://${replica.target}/metrics`)).text()
    return /^http_request_duration_seconds_count\{.*route="\/readyz",status="200".*\} \d+$/m.test(text)
  }
  await expect.poll(answeredReady).toBe(true)
  const health = async () => {
    const { data } = (await (await fetch(`${admin}/upstreams/storefront/health`)).json()) as { data: object[] }
    return data
  }
  expect(await health()).toMatchObject([{ target: replica.target, health: 'HEALTHY' }])
})

it('a client cannot choose the request id that services write into logs and audit entries', async () => {
  const log = createLog('test', 'silent')
  const about = { service: 'test', version: '1', log, metrics: createMetrics('test') }
  const app = createApp({ ...about, routes: [], required: {}, accepting: () => true })
  app.get('/v1/ids', (c) => c.json({ requestId: c.get('requestId'), correlationId: c.get('correlationId') }))
  const server = createListener(app, { hostname: '127.0.0.1' }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  load(kong, `127.0.0.1:${(server.address() as AddressInfo).port}`)
  const chosen = '0'.repeat(32)
  for (const more of ['', 'Connection: x-kong-request-id, close\r\n']) {
    const head = `Host: shop.test\r\nX-Request-Id: mine\r\nX-Kong-Request-Id: ${chosen}\r\n${more}`
    const answer = await sendBytes(port, `GET /v1/ids HTTP/1.1\r\n${head}Connection: close\r\n\r\n`, 20_000)
    const made = /^x-kong-request-id: (\S+)\r$/im.exec(answer)?.[1]
    expect(made).toMatch(/^[0-9a-f]{32}$/)
    expect(made).not.toBe(chosen)
    expect(answer).toContain(JSON.stringify({ requestId: made, correlationId: 'mine' }))
  }
  server.closeAllConnections()
  server.close()
})

import { once } from 'node:events'
import http from 'node:http'
import http2 from 'node:http2'
import net from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createGateway, type Gateway } from '../gateway.ts'
import { readSettings } from '../settings.ts'
import { createRequestGuard } from './request-guard.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }
const listeners = { 'admin-listen': '127.0.0.1:0', 'status-listen': '127.0.0.1:0' }
const form = 'application/x-www-form-urlencoded'
const document = `config=${encodeURIComponent('_format_version: "3.0"\nservices: [{ name: planted, host: evil.test }]\n')}`

let gateway: Gateway
let admin: number
let status: number

async function open(environment: Record<string, string> = {}, options: Record<string, string> = listeners) {
  gateway = createGateway({ settings: readSettings(options, environment), log: silent })
  ;({ admin, status } = await gateway.listen())
}

afterEach(() => gateway.close(0))

interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

/** Sends a request with exactly these headers, `Host` included, which `fetch` would not let through. */
async function send(headers: http.OutgoingHttpHeaders, options: http.RequestOptions & { body?: string } = {}) {
  const { body = '', ...rest } = options
  const request = http.request({ host: '127.0.0.1', port: admin, path: '/status', headers, agent: false, ...rest })
  request.end(body)
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  let text = ''
  for await (const chunk of response) text += chunk
  return { status: response.statusCode ?? 0, headers: response.headers, body: text } satisfies Answer
}

const postForm = (headers: http.OutgoingHttpHeaders) =>
  send({ 'content-type': form, ...headers }, { method: 'POST', path: '/config', body: document })

/** Sends bytes, and resolves with the status line's code. */
async function sendRaw(head: string): Promise<number> {
  const socket = net.connect(admin, '127.0.0.1', () => socket.end(head))
  let received = ''
  for await (const chunk of socket) received += chunk
  return Number(received.split(' ')[1])
}

describe('a request that a web page made a browser send', () => {
  const own = () => `127.0.0.1:${admin}`

  it.each([
    ['a rebound name', () => ({ host: 'rebind.example' })],
    ['a rebound name with the port', () => ({ host: `rebind.example:${admin}` })],
    ['a name that only begins like loopback', () => ({ host: '127.0.0.1.example' })],
    ['a name that only begins like localhost', () => ({ host: 'localhost.example' })],
    ['the address of another machine', () => ({ host: '203.0.113.7' })],
    ['a user before the host', () => ({ host: 'localhost@evil.example' })],
    ['a foreign origin', () => ({ host: own(), origin: 'https://evil.example' })],
    ['the origin of a sandboxed frame', () => ({ host: own(), origin: 'null' })],
    ['the origin of another port of this machine', () => ({ host: own(), origin: 'http://127.0.0.1:8000' })],
    ['the origin of another name of this machine', () => ({ host: own(), origin: `http://localhost:${admin}` })],
    ['an origin with a user', () => ({ host: own(), origin: `http://${own()}@evil.example` })],
    ['a cross-site request', () => ({ host: own(), 'sec-fetch-site': 'cross-site' })],
    ['a same-site request', () => ({ host: own(), 'sec-fetch-site': 'same-site' })],
  ])('is refused, reads and the Status API too: %s', async (_, headers) => {
    await open({ KONG_ADMIN_TOKEN: 'secret' })
    const token = { 'kong-admin-token': 'secret' }
    const answers = [
      await postForm({ ...token, ...headers() }),
      await send(headers()),
      await send({ ...token, ...headers() }, { method: 'OPTIONS', path: '/services' }),
      await send(headers(), { port: status }),
    ]
    for (const answer of answers) {
      expect(answer.status).toBe(403)
      expect(JSON.parse(answer.body)).toEqual({ message: expect.stringMatching(/^Forbidden: .*(--admin-|curl)/) })
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
    }
    expect(gateway.configuration.table('services').size).toBe(0)
  })

  it.each([['multipart/form-data; boundary=b'], ['text/plain'], [form]])(
    'is refused as %s, without a token being set',
    async (type) => {
      await open()
      const headers = { 'content-type': type, host: own(), origin: 'https://evil.example' }
      expect((await send(headers, { method: 'POST', path: '/config', body: document })).status).toBe(403)
    },
  )

  it('is refused by an empty Host, or a second one', async () => {
    await open()
    expect(await sendRaw('GET /status HTTP/1.1\r\nHost:\r\n\r\n')).toBe(403)
    expect(await sendRaw(`GET /status HTTP/1.1\r\nHost: ${own()}\r\nHost: evil.example\r\n\r\n`)).toBe(403)
  })

  it('is refused by its target in absolute form', async () => {
    await open()
    expect(await sendRaw(`GET http://evil.example/status HTTP/1.1\r\nHost: ${own()}\r\n\r\n`)).toBe(403)
    expect(await sendRaw(`GET http://u@${own()}/status HTTP/1.1\r\nHost: ${own()}\r\n\r\n`)).toBe(403)
  })

  it('is refused over HTTP/2 by its authority', async () => {
    await open({}, { 'admin-listen': '127.0.0.1:0 http2 ssl' })
    const session = http2.connect(`https://127.0.0.1:${admin}`, { rejectUnauthorized: false })
    const get = async (headers: http2.OutgoingHttpHeaders) => {
      const stream = session.request({ ':path': '/status', ...headers })
      const [answer] = (await once(stream.resume(), 'response')) as [http2.IncomingHttpHeaders]
      return answer[':status']
    }
    expect(await get({})).toBe(200)
    expect(await get({ ':authority': `localhost:${admin}` })).toBe(200)
    expect(await get({ ':authority': 'rebind.example' })).toBe(403)
    expect(await get({ host: 'rebind.example' })).toBe(403)
    expect(await get({ origin: 'https://evil.example' })).toBe(403)
    session.close()
  })
})

describe('a request that no foreign page made', () => {
  it.each([
    ['localhost'],
    ['LocalHost:8001'],
    ['localhost.:8001'],
    ['127.0.0.1'],
    ['127.8.9.10:8001'],
    ['[::1]:8001'],
    ['[0:0:0:0:0:0:0:1]'],
    ['[::ffff:7f00:1]'],
  ])('may name loopback as %s', async (host) => {
    await open()
    expect((await send({ host })).status).toBe(200)
  })

  it('may be a form, as curl sends it', async () => {
    await open()
    expect((await postForm({})).status).toBe(201)
  })

  it('may come from a page of the very same origin, which may read the answer', async () => {
    await open()
    const origin = `http://127.0.0.1:${admin}`
    const answer = await send({ origin, 'sec-fetch-site': 'same-origin' })
    expect(answer.status).toBe(200)
    expect(answer.headers['access-control-allow-origin']).toBe(origin)
    expect((await send({ 'sec-fetch-site': 'none' })).status).toBe(200)
  })

  it('may name no host in HTTP/1.0, which no browser does', async () => {
    await open()
    expect(await sendRaw('GET /status HTTP/1.0\r\n\r\n')).toBe(200)
    expect(await sendRaw('GET /status HTTP/1.0\r\nOrigin: http://127.0.0.1\r\n\r\n')).toBe(403)
  })

  it('may name a host of the setting, but not with the origin of another', async () => {
    await open(
      { KONG_ADMIN_ALLOWED_HOSTS: 'other.internal' },
      { ...listeners, 'admin-allowed-hosts': 'Gate.internal, 10.0.0.9' },
    )
    expect((await send({ host: 'gate.internal:443', origin: 'https://gate.internal:443' })).status).toBe(200)
    expect((await send({ host: 'GATE.internal.' })).status).toBe(200)
    expect((await send({ host: '10.0.0.9' }, { port: status })).status).toBe(200)
    expect((await send({ host: 'other.internal' })).status).toBe(403)
    expect((await send({ host: 'gate.internal', origin: 'http://evil.example' })).status).toBe(403)
  })

  it('may name the address that it arrived at, such as a probe of a pod', () => {
    const probe = (host: string, localAddress: string) =>
      createRequestGuard('0.0.0.0', [])({ rawHeaders: ['Host', host], socket: { localAddress } })
    expect(probe('10.244.0.7:8100', '10.244.0.7')).toBeUndefined()
    expect(probe('10.244.0.7:8100', '::ffff:10.244.0.7')).toBeUndefined()
    expect(probe('[fd00::7]:8100', 'fd00:0::7')).toBeUndefined()
    expect(probe('10.244.0.8:8100', '10.244.0.7')).toMatch(/^Forbidden/)
  })
})

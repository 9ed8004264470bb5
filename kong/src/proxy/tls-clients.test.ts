import { spawn } from 'node:child_process'
import { once } from 'node:events'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket, { WebSocketServer } from 'ws'
import { defaultCertificate } from '../tls/default-certificate.ts'
import { testAuthority } from '../tls/testing.ts'
import { startProxy, TestClient, type TestProxy } from './testing/proxy.ts'

const authority = testAuthority('Test CA')
const one = authority.issue(['one.test'])
let proxy: TestProxy
let port: number
let sockets: WebSocketServer

const configuration = (swap: number) => ({
  certificates: [{ ...one, snis: [{ name: 'one.test' }] }],
  services: [
    {
      ...{ name: `socket-${swap}`, host: '127.0.0.1', port: (sockets.address() as AddressInfo).port },
      routes: [{ name: `socket-${swap}`, paths: ['/socket'] }],
    },
  ],
})

beforeAll(async () => {
  sockets = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(data)))
  await once(sockets, 'listening')
  proxy = await startProxy(configuration(0))
  const identity = defaultCertificate({ certFiles: [], keyFiles: [], prefix: undefined, name: 'kong-default' })
  port = await proxy.server.listen('127.0.0.1', 0, { identity, http2: true })
})

afterAll(async () => {
  await proxy.close()
  for (const socket of sockets.clients) socket.terminate()
  await new Promise((resolve) => sockets.close(resolve))
})

/** What `openssl s_client` says of a handshake. */
async function openssl(...words: string[]): Promise<string> {
  const child = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, ...words], { stdio: 'pipe' })
  child.stdin.end()
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
    })
  }
  await once(child, 'close')
  return text
}

describe('openssl s_client', () => {
  it('is shown the certificate of the name that it asks for', async () => {
    expect(await openssl('-servername', 'one.test')).toMatch(/subject=CN ?= ?one\.test/)
    expect(await openssl('-servername', 'two.test')).toMatch(/subject=.*O ?= ?Kong, OU ?= ?IT Department/)
    expect(await openssl('-noservername')).toMatch(/subject=.*O ?= ?Kong, OU ?= ?IT Department/)
  })

  it('agrees on TLS 1.2 and 1.3, and on nothing older', async () => {
    expect(await openssl('-tls1_2', '-servername', 'one.test')).toMatch(/New, TLSv1\.2, Cipher is ECDHE-ECDSA/)
    expect(await openssl('-tls1_3', '-servername', 'one.test')).toMatch(/New, TLSv1\.3, Cipher is TLS_AES/)
    expect(await openssl('-tls1_1', '-cipher', 'ALL:@SECLEVEL=0')).toMatch(/Cipher is \(NONE\)/)
  })
})

describe('a client that speaks without TLS to a port of TLS', () => {
  it("is answered with nginx's page, and with its own refusal where the request itself is wrong", async () => {
    const client = new TestClient(port)
    client.send('GET / HTTP/1.1\r\nHost: one.test\r\n\r\n')
    const answer = await client.untilEnd()
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(answer).toContain('Connection: close\r\n')
    expect(answer).toContain(
      '<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n<body>\r\n' +
        '<center><h1>400 Bad Request</h1></center>\r\n' +
        '<center>The plain HTTP request was sent to HTTPS port</center>\r\n</body>\r\n</html>\r\n',
    )
    const broken = new TestClient(port)
    broken.send('GET / HTTP/1.1\r\n\r\n')
    expect(await broken.untilEnd()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n.*\r\nBad request\n/s)
  })

  it('may be silent, and leave', async () => {
    const client = new TestClient(port)
    client.socket.end()
    expect(await client.untilEnd()).toBe('')
  })
})

it('fifty WebSockets over TLS live on over twenty changes of the configuration', { timeout: 60_000 }, async () => {
  const open = async () => {
    const socket = new WebSocket(`wss://127.0.0.1:${port}/socket`, { rejectUnauthorized: false })
    await once(socket, 'open')
    return socket
  }
  const tunnels = await Promise.all(Array.from({ length: 50 }, open))
  for (let swap = 1; swap <= 20; swap += 1) {
    proxy.load(configuration(swap))
    const answers = tunnels.map((tunnel) => once(tunnel, 'message'))
    for (const [i, tunnel] of tunnels.entries()) tunnel.send(`${swap}-${i}`)
    expect((await Promise.all(answers)).map(([data]) => String(data))).toEqual(tunnels.map((_, i) => `${swap}-${i}`))
  }
  const closed = tunnels.map((tunnel) => once(tunnel, 'close'))
  for (const tunnel of tunnels) tunnel.close(1000)
  expect(new Set((await Promise.all(closed)).map(([code]) => code))).toEqual(new Set([1000]))
})

it('a WebSocket by extended CONNECT of HTTP/2 is refused, and not offered', async () => {
  const session = http2.connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false })
  const [settings] = await once(session, 'remoteSettings')
  expect(settings.enableConnectProtocol).not.toBe(true)
  const stream = session.request({
    ...{ ':method': 'CONNECT', ':protocol': 'websocket', ':scheme': 'https', ':path': '/socket' },
    ':authority': 'one.test',
  })
  const ended = await new Promise((resolve) => {
    stream.on('response', (headers) => resolve(headers[':status']))
    stream.on('error', () => resolve('reset'))
    stream.on('close', () => resolve('reset'))
  })
  session.destroy()
  expect(['reset', 400, 405]).toContain(ended)
})

import { once } from 'node:events'
import net from 'node:net'
import { describe, expect, it } from 'vitest'
import { defaultCertificate } from '../tls/default-certificate.ts'
import { originOf } from './connection-limits.ts'
import { defaultSettings, type ProxySettings } from './settings.ts'
import { frame, frameTypes, opening } from './testing/frames.ts'
import { get, opener } from './testing/opened.ts'
import { oneService } from './testing/proxy.ts'

const { proxy, upstream, client } = opener()

const halfHead = 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: '

function settings(
  limits: Partial<ProxySettings['limits']>,
  timeouts: Partial<ProxySettings['client']> = {},
): Partial<ProxySettings> {
  return { limits: { ...defaultSettings.limits, ...limits }, client: { ...defaultSettings.client, ...timeouts } }
}

const answering = () => upstream((_, response) => void response.end('served'))

describe('connections in all', () => {
  it('make room for a new client by closing the one that has been silent for longest', async () => {
    const { port } = await proxy(oneService(await answering()), settings({ connections: 5 }))
    const silent = Array.from({ length: 5 }, () => client(port))
    await Promise.all(silent.map(({ socket }) => once(socket, 'connect')))
    const newcomer = client(port)
    newcomer.send(get('/'))
    expect(await newcomer.until(/served$/)).toMatch(/^HTTP\/1\.1 200 /)
    await silent[0]?.untilEnd()
    expect(silent.slice(1).every(({ socket }) => !socket.destroyed)).toBe(true)
  })

  it('close a kept connection that is idle for a new client', async () => {
    const { port } = await proxy(oneService(await answering()), settings({ connections: 1 }))
    const kept = client(port)
    kept.send(get('/'))
    await kept.until(/served$/)
    const newcomer = client(port)
    newcomer.send(get('/'))
    expect(await newcomer.until(/served$/)).toMatch(/^HTTP\/1\.1 200 /)
    await kept.untilEnd()
  })

  it('refuse a new client while all are busy, and not one request under way is lost', async () => {
    const waiting: (() => void)[] = []
    const held = await upstream((_, response) => void waiting.push(() => response.end('served')))
    const { port, server } = await proxy(oneService(held), settings({ connections: 3 }))
    const busy = Array.from({ length: 3 }, () => client(port))
    for (const one of busy) one.send(get('/'))
    await expect.poll(() => waiting.length).toBe(3)
    const refused = client(port)
    refused.send(get('/'))
    expect(await refused.untilEnd()).toBe('')
    expect(server.connections).toMatchObject({ active: 3, refused: 1 })
    for (const answer of waiting) answer()
    for (const one of busy) expect(await one.until(/served$/)).toMatch(/^HTTP\/1\.1 200 /)
  })
})

describe('connections of one address', () => {
  it('with half a head do not keep another address from being served, and are closed in time', async () => {
    const limits = settings({ connections: 40, connectionsPerAddress: 10 }, { headerTimeout: 1000 })
    const { port, server } = await proxy(oneService(await answering()), limits)
    const slow = Array.from({ length: 60 }, () => client(port))
    for (const one of slow) one.send(halfHead)
    await expect.poll(() => server.connections.refused).toBe(50)
    const other = net.connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' })
    other.write(get('/', 'Connection: close\r\n'))
    const [answer] = (await once(other, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /)
    for (const one of slow) expect(await one.untilEnd()).toBe('')
    await expect.poll(() => server.connections.active).toBe(0)
    const again = client(port)
    again.send(get('/'))
    expect(await again.until(/served$/)).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('are not limited where the address is a trusted proxy', async () => {
    const trusting = { ...settings({ connectionsPerAddress: 2 }), trustedIps: ['127.0.0.0/8'] }
    const { port, server } = await proxy(oneService(await answering()), trusting)
    const clients = Array.from({ length: 5 }, () => client(port))
    for (const one of clients) one.send(get('/'))
    for (const one of clients) expect(await one.until(/served$/)).toMatch(/^HTTP\/1\.1 200 /)
    expect(server.connections.refused).toBe(0)
  })

  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('%s count as %s', (address, origin) => {
    expect(originOf(address)).toBe(origin)
  })
})

describe('a connection on which no request begins', () => {
  const hasty = settings({}, { headerTimeout: 300, keepAliveTimeout: 300 })

  it('is closed before the TLS handshake', async () => {
    const { server } = await proxy(oneService(1), hasty)
    const identity = defaultCertificate({ certFiles: [], keyFiles: [], prefix: undefined, name: 'kong-default' })
    const port = await server.listen('127.0.0.1', 0, { identity })
    expect(await client(port).untilEnd()).toBe('')
    const begun = client(port)
    begun.send('\x16\x03\x01')
    await begun.untilEnd()
  })

  it('is closed in HTTP/2, though pings come and half a head has', async () => {
    const { server } = await proxy(oneService(1), hasty)
    const port = await server.listen('127.0.0.1', 0, { http2: true })
    const slow = client(port)
    // A HEADERS frame without END_HEADERS.
    slow.send(opening + frame(frameTypes.headers, 0, 1, '\x82\x86\x84'))
    slow.send(frame(frameTypes.continuation, 0, 1, '\x41'))
    const pinging = client(port)
    pinging.send(opening)
    const pings = setInterval(() => pinging.send(frame(frameTypes.ping, 0, 0, 'pingpong')), 20)
    await slow.untilEnd()
    await pinging.untilEnd()
    clearInterval(pings)
  })
})

import { once } from 'node:events'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultCertificate } from '../tls/default-certificate.ts'
import { testAuthority } from '../tls/testing.ts'
import { startProxy, type TestProxy } from './testing/proxy.ts'

const authority = testAuthority('Test CA')
const stranger = testAuthority('Stranger CA')
const middle = authority.below('Middle CA')
const ids = { ca: '7f0be0e0-0000-4000-8000-000000000001', client: '7f0be0e0-0000-4000-8000-000000000002' }

let proxy: TestProxy
let port: number
const upstreams: https.Server[] = []

/** An upstream that answers with whom it sees as its client, and the name it was asked for. */
async function startUpstream(options: https.ServerOptions): Promise<number> {
  const server = https.createServer(
    { ca: authority.cert, requestCert: true, rejectUnauthorized: false, ...options },
    (request, response) => {
      const socket = request.socket as tls.TLSSocket & { servername?: string }
      const client = socket.getPeerX509Certificate()?.subject ?? 'nobody'
      response.end(JSON.stringify({ client, sni: socket.servername, host: request.headers.host }))
    },
  )
  upstreams.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

function configuration(ports: { known: number; chained: number; strange: number }): object {
  const one = authority.issue(['one.test'])
  const two = authority.issue(['*.two.test'])
  const both = { rsa: authority.issue(['both.test'], 'rsa'), ec: authority.issue(['both.test'], 'ec') }
  const service = (name: string, at: number, more: object = {}) => ({
    ...{ name, protocol: 'https', host: '127.0.0.1', port: at, retries: 0, ...more },
    routes: [{ name, paths: [`/${name}`] }],
  })
  const verified = { tls_verify: true, ca_certificates: [ids.ca] }
  return {
    ca_certificates: [{ id: ids.ca, cert: authority.cert }],
    certificates: [
      { ...one, snis: [{ name: 'one.test' }] },
      { ...two, snis: [{ name: '*.two.test' }, { name: 'two.*' }] },
      {
        ...{ cert: both.ec.cert, key: both.ec.key, cert_alt: both.rsa.cert, key_alt: both.rsa.key },
        snis: [{ name: 'both.test' }],
      },
      { id: ids.client, ...authority.issue(['the-gateway']) },
    ],
    services: [
      service('unverified', ports.strange),
      service('verified', ports.known, verified),
      service('strange', ports.strange, verified),
      service('trustless', ports.known, { tls_verify: true }),
      service('chained', ports.chained, { ...verified, tls_verify_depth: 0 }),
      service('chained-deeper', ports.chained, { ...verified, tls_verify_depth: 1 }),
      service('mutual', ports.known, { client_certificate: { id: ids.client } }),
      service('through', 0, { host: 'upstream.test' }),
      service('misnamed', 0, { ...verified, host: 'misnamed.test' }),
      {
        ...service('https-only', ports.known),
        routes: [
          { name: 'https-only', protocols: ['https'], paths: ['/https-only'] },
          { name: 'moved', protocols: ['https'], paths: ['/moved'], https_redirect_status_code: 301 },
          { name: 'by-sni', protocols: ['https'], snis: ['one.test'], paths: ['/by-sni'] },
        ],
      },
    ],
    upstreams: [
      {
        ...{ name: 'upstream.test', client_certificate: { id: ids.client }, host_header: 'shown.test' },
        targets: [{ target: `127.0.0.1:${ports.known}` }],
      },
      { name: 'misnamed.test', host_header: 'else.test', targets: [{ target: `127.0.0.1:${ports.known}` }] },
    ],
  }
}

beforeAll(async () => {
  const leaf = middle.issue(['127.0.0.1'])
  const known = await startUpstream(authority.issue(['127.0.0.1', 'shown.test']))
  const chained = await startUpstream({ cert: leaf.cert + middle.cert, key: leaf.key })
  const strange = await startUpstream(stranger.issue(['127.0.0.1']))
  proxy = await startProxy(configuration({ known, chained, strange }))
  const identity = defaultCertificate({ certFiles: [], keyFiles: [], prefix: undefined, name: 'kong-default' })
  port = await proxy.server.listen('127.0.0.1', 0, { identity, http2: true })
})

afterAll(async () => {
  await proxy.close()
  for (const server of upstreams) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

/** Makes a handshake and says who answered. */
async function handshake(options: tls.ConnectionOptions): Promise<{ subject: string; key: string; protocol: string }> {
  const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options })
  try {
    await once(socket, 'secureConnect')
    const certificate = socket.getPeerX509Certificate()
    return {
      subject: certificate?.subject ?? '',
      key: certificate?.publicKey.asymmetricKeyType ?? '',
      protocol: `${socket.getProtocol()} ${socket.alpnProtocol}`,
    }
  } finally {
    socket.destroy()
  }
}

function get(path: string, headers: object = {}, servername = 'one.test'): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, servername, rejectUnauthorized: false, agent: false as const }
    const request = https.get({ ...options, headers: { host: servername, ...headers } }, async (response) => {
      let body = ''
      for await (const piece of response) body += piece
      resolve({ status: response.statusCode ?? 0, body })
    })
    request.on('error', reject)
  })
}

describe('a handshake', () => {
  it.each([
    ['one.test', 'CN=one.test'],
    ['a.two.test', 'CN=*.two.test'],
    ['two.org', 'CN=*.two.test'],
  ])('for %s is answered with the certificate of %s', async (servername, subject) => {
    expect((await handshake({ servername })).subject).toBe(subject)
  })

  it.each(['unknown.test', 'a.b.two.test', ''])("for '%s' is answered with Kong's own certificate", async (name) => {
    expect((await handshake({ servername: name })).subject).toMatch(/O=Kong\nOU=IT Department\nCN=localhost$/)
  })

  it("takes the one of Kong's own two certificates that suits the client", async () => {
    const suite = (name: string): tls.ConnectionOptions => ({
      ...{ servername: 'unknown.test', maxVersion: 'TLSv1.2', ciphers: `ECDHE-${name}-AES128-GCM-SHA256` },
    })
    expect((await handshake(suite('RSA'))).key).toBe('rsa')
    expect((await handshake(suite('ECDSA'))).key).toBe('ec')
  })

  it('takes the RSA one of two certificates in the configuration', async () => {
    expect(await handshake({ servername: 'both.test' })).toMatchObject({ subject: 'CN=both.test', key: 'rsa' })
  })

  it('agrees on HTTP/2 or HTTP/1.1, and on TLS 1.2 or 1.3', async () => {
    expect((await handshake({ ALPNProtocols: ['h2', 'http/1.1'] })).protocol).toBe('TLSv1.3 h2')
    expect((await handshake({ ALPNProtocols: ['http/1.1'], maxVersion: 'TLSv1.2' })).protocol).toBe('TLSv1.2 http/1.1')
    expect((await handshake({})).protocol).toBe('TLSv1.3 false')
  })

  it('refuses TLS 1.1', async () => {
    const old: tls.ConnectionOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }
    await expect(handshake(old)).rejects.toThrow(/alert protocol version|unsupported protocol|ECONNRESET/)
  })
})

describe('a route', () => {
  it('for https alone answers 426 or redirects in the clear, and serves over TLS', async () => {
    const plain = `http://127.0.0.1:${proxy.port}`
    const refused = await fetch(`${plain}/https-only`)
    expect(refused.status).toBe(426)
    expect(await refused.json()).toMatchObject({ message: 'Please use HTTPS protocol' })
    const moved = await fetch(`${plain}/moved?a=1`, { redirect: 'manual' })
    expect([moved.status, moved.headers.get('location')]).toEqual([301, 'https://127.0.0.1/moved?a=1'])
    expect((await get('/https-only')).status).toBe(200)
  })

  it('can be chosen by the name of the handshake', async () => {
    expect((await get('/by-sni')).status).toBe(200)
    expect((await get('/by-sni', {}, 'a.two.test')).status).toBe(404)
  })
})

describe('a service over TLS', () => {
  const unreachable = { status: 502, body: expect.stringContaining('An invalid response was received') }

  it('is not verified unless asked', async () => {
    expect((await get('/unverified')).status).toBe(200)
  })

  it('is verified against its authorities', async () => {
    expect((await get('/verified')).status).toBe(200)
    expect(await get('/strange')).toMatchObject(unreachable)
  })

  it('is believed by nobody where it names no authorities', async () => {
    expect(await get('/trustless')).toMatchObject(unreachable)
  })

  it('is verified to the depth that is allowed', async () => {
    expect(await get('/chained')).toMatchObject(unreachable)
    expect((await get('/chained-deeper')).status).toBe(200)
  })

  it('must show a certificate for the name that it is asked by', async () => {
    expect(await get('/misnamed')).toMatchObject(unreachable)
  })

  it('sees the client certificate of the service, else that of its upstream', async () => {
    const seen = async (path: string) => JSON.parse((await get(path)).body)
    expect(await seen('/mutual')).toMatchObject({ client: 'CN=the-gateway' })
    expect(await seen('/through')).toMatchObject({ client: 'CN=the-gateway', sni: 'shown.test' })
    expect(await seen('/verified')).toMatchObject({ client: 'nobody' })
  })
})

describe('a new configuration', () => {
  it('answers the next handshake with its certificates', async () => {
    const own = await startProxy({ certificates: [{ ...authority.issue(['old']), snis: [{ name: '*' }] }] })
    try {
      const identity = defaultCertificate({ certFiles: [], keyFiles: [], prefix: undefined, name: 'kong-default' })
      const at = await own.server.listen('127.0.0.1', 0, { identity })
      expect((await handshake({ port: at, servername: 'x.test' })).subject).toBe('CN=old')
      own.load({ certificates: [{ ...authority.issue(['new']), snis: [{ name: '*' }] }] })
      expect((await handshake({ port: at, servername: 'x.test' })).subject).toBe('CN=new')
    } finally {
      await own.close()
    }
  })
})

import { once } from 'node:events'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ActiveHealthcheck } from '../../config/entities.ts'
import { loadConfiguration } from '../../config/load.ts'
import { registry } from '../../plugins/index.ts'
import { startTcp } from '../../proxy/testing/proxy.ts'
import { testAuthority } from '../../tls/testing.ts'
import type { Address } from '../address.ts'
import { probe } from './probe.ts'

const authority = testAuthority('Health CA')
const before = tls.getCACertificates('default')
const names: unknown[] = []
let server: https.Server

beforeAll(async () => {
  server = https.createServer(authority.issue(['target.test']), (_, response) => response.writeHead(204).end())
  server.on('secureConnection', (socket: tls.TLSSocket & { servername?: string }) => names.push(socket.servername))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterAll(async () => {
  tls.setDefaultCACertificates(before)
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

/** The check of an upstream with these settings and Kong's defaults. */
function checkOf(active: object): ActiveHealthcheck {
  const upstreams = [{ name: 'u', healthchecks: { active } }]
  const result = loadConfiguration({ _format_version: '3.0', upstreams }, { registry })
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  const [upstream] = result.configuration.table('upstreams').values()
  if (!upstream) throw new Error('no upstream')
  return upstream.healthchecks.active
}

const addressOf = (port: number): Address => ({
  ...{ ip: '127.0.0.1', port, weight: 100, host: '127.0.0.1', available: true, connections: 0 },
})

const ask = (active: object, host = 'target.test') => {
  const { port } = server.address() as AddressInfo
  return probe(checkOf({ timeout: 10, ...active }), addressOf(port), host)
}

describe('a check of type https', () => {
  const seen = { kind: 'status', status: 204 }

  it('does not believe an authority that the system does not know', async () => {
    expect(await ask({ type: 'https' })).toEqual({ kind: 'tcp_failure' })
  })

  it('believes any where certificates are not verified', async () => {
    expect(await ask({ type: 'https', https_verify_certificate: false }, 'else.test')).toEqual(seen)
  })

  it('believes those that the system knows, for the name asked', async () => {
    tls.setDefaultCACertificates([...before, authority.cert])
    expect(await ask({ type: 'https' })).toEqual(seen)
    expect(await ask({ type: 'https' }, 'else.test')).toEqual({ kind: 'tcp_failure' })
  })

  it('asks by https_sni where that is set', async () => {
    names.length = 0
    expect(await ask({ type: 'https', https_sni: 'target.test' }, 'else.test')).toEqual(seen)
    expect(names).toEqual(['target.test'])
  })
})

it('a check of type grpc is a plain GET of HTTP/1.0, as in Kong', async () => {
  let asked = ''
  const target = await startTcp((socket) => {
    socket.on('data', (bytes) => {
      asked += bytes.toString('latin1')
      socket.end('HTTP/1.1 200 OK\r\n\r\n')
    })
  })
  const result = await probe(checkOf({ type: 'grpc' }), addressOf(target.port), 'target.test')
  await target.close()
  expect(result).toEqual({ kind: 'status', status: 200 })
  expect(asked).toBe('GET / HTTP/1.0\r\nHost: target.test\r\n\r\n')
})

it('an answer without a status fails as an answer, not as a connection', async () => {
  const target = await startTcp((socket) => {
    socket.on('data', () => socket.end('hello\r\n'))
  })
  const result = await probe(checkOf({ type: 'http' }), addressOf(target.port), 'target.test')
  await target.close()
  expect(result).toEqual({ kind: 'status', status: 0 })
})

import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import https from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createGateway, type Gateway } from '../gateway.ts'
import { readSettings } from '../settings.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }
const certificates = ['kong-default', 'admin-kong-default', 'status-kong-default']
let prefix: string
let gateway: Gateway | undefined

beforeEach(() => {
  prefix = mkdtempSync(join(tmpdir(), 'portico-prefix-'))
})

afterEach(async () => {
  await gateway?.close(0)
  rmSync(prefix, { recursive: true, force: true })
})

async function start() {
  const listen = '127.0.0.1:0 ssl'
  const flags = { 'proxy-listen': listen, 'admin-listen': listen, 'status-listen': listen }
  gateway = createGateway({ settings: readSettings(flags, { KONG_PREFIX: prefix }), log: silent })
  return gateway.listen()
}

/** Status of an answer, and the certificate that came with it. */
async function ask(port: number, path: string) {
  const options = { host: '127.0.0.1', port, path, rejectUnauthorized: false, agent: false } as const
  const [response] = await once(https.get(options), 'response')
  const certificate = (response.socket as TLSSocket).getPeerX509Certificate()
  response.resume()
  return { status: response.statusCode, certificate: certificate?.toString() }
}

const kept = (name: string) => readFileSync(join(prefix, 'ssl', name), 'utf8')

// Three RSA keys are made at each start, which takes its time on a busy machine.
describe('with TLS', { timeout: 120_000 }, () => {
  it('the Admin and the Status API answer, each with a certificate of its own', async () => {
    const ports = await start()
    const admin = await ask(ports.admin, '/services')
    const status = await ask(ports.status, '/status')
    expect([admin.status, status.status]).toEqual([200, 200])
    expect(['admin-kong-default.crt', 'admin-kong-default-ecdsa.crt'].map(kept)).toContain(admin.certificate)
    expect(['status-kong-default.crt', 'status-kong-default-ecdsa.crt'].map(kept)).toContain(status.certificate)
  })

  it('certificates that were made are kept in the prefix, keys for their owner alone, and serve the next start', async () => {
    const first = await ask((await start()).proxy, '/')
    const files = readdirSync(join(prefix, 'ssl')).sort()
    const names = certificates.flatMap((name) => [name, `${name}-ecdsa`])
    expect(files).toEqual(names.flatMap((name) => [`${name}.crt`, `${name}.key`]).sort())
    for (const file of files.filter((name) => name.endsWith('.key'))) {
      expect(statSync(join(prefix, 'ssl', file)).mode & 0o777).toBe(0o600)
    }
    await gateway?.close(0)
    const second = await ask((await start()).proxy, '/')
    expect(second.certificate).toBe(first.certificate)
  })
})

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Home, projectRoot } from '../home.ts'
import { findFreePort } from '../ports.ts'
import { openSecrets } from '../secrets.ts'
import { temporaryHome } from '../supervisor/stand-in.ts'
import { dropFormerKey } from './former-key.ts'
import { chooseConfig, choosePorts, openAdminToken, planGateway } from './gateway.ts'
import { withKeyRing } from './key-changes.ts'
import { openKeyRing, publicPem, splitRing, writeKeyRing } from './key-ring.ts'
import { writeKongEnv } from './kong-env.ts'
import { chooseKeys, revokeKeys } from './revocation.ts'
import { rotateKeys } from './rotation.ts'
import { datastoreOf, planServices, type Tenant } from './services.ts'

let home: Home
let remove: () => void

beforeEach(async () => {
  ;({ home, remove } = await temporaryHome())
})

afterEach(() => {
  vi.unstubAllEnvs()
  remove()
})

const kidsIn = ({ DECK_JWT_CURRENT_KID, DECK_JWT_NEXT_KID }: NodeJS.Dict<string>) => [
  DECK_JWT_CURRENT_KID,
  DECK_JWT_NEXT_KID,
]
const readKongEnv = () => parseEnv(readFileSync(home.kongEnvFile, 'utf8'))

describe('the passwords of a home', () => {
  it('are made once, differ, and are for their owner only', () => {
    const secrets = openSecrets(home)
    expect(openSecrets(home)).toEqual(secrets)
    expect(new Set(Object.values(secrets)).size).toBe(Object.keys(secrets).length)
    expect(statSync(home.secretsFile).mode & 0o777).toBe(0o600)
  })
})

describe('the signing keys', () => {
  it('are two, private to their owner, and stand in the file that the gateway reads', () => {
    const ring = openKeyRing(home)
    writeKongEnv(home, { user: '127.0.0.1:20001' }, ring)
    const { current, next } = splitRing(ring)
    expect(readKongEnv()).toMatchObject({
      DECK_USER_TARGET: '127.0.0.1:20001',
      DECK_JWT_CURRENT_KID: current.kid,
      DECK_JWT_CURRENT_PUBLIC_KEY: publicPem(current),
      DECK_JWT_NEXT_KID: next.kid,
      DECK_JWT_NEXT_PUBLIC_KEY: publicPem(next),
    })
    for (const file of [home.keysFile, home.kongEnvFile]) expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('change places at the first rotation, which may not be repeated within 15 minutes', async () => {
    const ring = openKeyRing(home)
    const { current, next } = splitRing(ring)
    writeKongEnv(home, { user: '127.0.0.1:20001' }, ring)
    const now = new Date('2030-01-01T00:00:00Z')
    expect(await rotateKeys(home, now)).toBe(next.kid)
    expect(readKongEnv()).toMatchObject({
      DECK_USER_TARGET: '127.0.0.1:20001',
      DECK_JWT_CURRENT_KID: next.kid,
      DECK_JWT_NEXT_KID: current.kid,
    })
    const early = new Date('2030-01-01T00:14:59Z')
    await expect(rotateKeys(home, early)).rejects.toThrow(/may be at 2030-01-01T00:15:00.000Z/)
    expect(openKeyRing(home).current).toBe(next.kid)
  })

  it('do not change when the shop that would have to learn a new one does not run', async () => {
    await rotateKeys(home, new Date('2030-01-01T00:00:00Z'))
    const ring = openKeyRing(home)
    await expect(rotateKeys(home, new Date('2030-01-02T00:00:00Z'))).rejects.toThrow(/gateway does not run/)
    expect(openKeyRing(home)).toEqual(ring)
  })

  it('lose the former key once its tokens have expired, and rotate to the one that takes its place', async () => {
    const first = openKeyRing(home).current
    writeKongEnv(home, {}, openKeyRing(home))
    const second = await rotateKeys(home, new Date('2030-01-01T00:00:00Z'))
    expect(dropFormerKey(home, new Date('2030-01-01T00:14:59.999Z'))).toBeUndefined()
    expect(kidsIn(readKongEnv())).toEqual([second, first])
    expect(dropFormerKey(home, new Date('2030-01-01T00:15:00Z'))).toBe(first)
    const { current, next } = splitRing(openKeyRing(home))
    expect(current.kid).toBe(second)
    expect(kidsIn(readKongEnv())).toEqual([second, next.kid])
    expect(dropFormerKey(home, new Date('2031-01-01T00:00:00Z'))).toBeUndefined()
    expect(await rotateKeys(home, new Date('2031-01-01T00:00:00Z'))).toBe(next.kid)
  })

  it('of a file without expiry lose the former key as well', () => {
    const ring = { ...openKeyRing(home), rotatedAt: '2040-01-01T00:00:00.000Z' }
    writeKeyRing(home, ring)
    const former = splitRing(ring).next.kid
    expect(dropFormerKey(home, new Date('2040-01-01T00:14:59Z'))).toBeUndefined()
    expect(dropFormerKey(home, new Date('2040-01-01T00:15:00Z'))).toBe(former)
  })

  it('are left alone while somebody else changes them', async () => {
    await rotateKeys(home, new Date('2030-01-01T00:00:00Z'))
    await withKeyRing(home, async () => {
      expect(dropFormerKey(home, new Date('2031-01-01T00:00:00Z'))).toBeUndefined()
    })
    expect(dropFormerKey(home, new Date('2031-01-01T00:00:00Z'))).toBeDefined()
  })
})

describe('a signing key that is revoked', () => {
  it('is gone from both files at once, and a new one signs', async () => {
    const { current: revoked, next } = splitRing(openKeyRing(home))
    writeKongEnv(home, { user: '127.0.0.1:20001' }, openKeyRing(home))
    const { current, told } = await revokeKeys(home, chooseKeys(home, undefined, false))
    expect(told).toEqual([])
    expect(openKeyRing(home).current).toBe(current)
    expect(openKeyRing(home).keys.map(({ kid }) => kid)).toEqual([current, next.kid])
    expect(kidsIn(readKongEnv())).toEqual([current, next.kid])
    expect(readFileSync(home.keysFile, 'utf8')).not.toContain(revoked.kid)
    expect(() => chooseKeys(home, revoked.kid, false)).toThrow(/There is no key/)
  })

  it('leaves the former key its 15 minutes, and rotation waits for them', async () => {
    const former = openKeyRing(home).current
    await rotateKeys(home, new Date('2030-01-01T00:00:00Z'))
    await revokeKeys(home, chooseKeys(home, undefined, false), new Date('2030-01-01T00:05:00Z'))
    expect(splitRing(openKeyRing(home)).next.kid).toBe(former)
    await expect(rotateKeys(home, new Date('2030-01-01T00:10:00Z'))).rejects.toThrow(/2030-01-01T00:15:00.000Z/)
  })

  it('may be the former one: the current one goes on signing, and the next rotation need not wait', async () => {
    const former = openKeyRing(home).current
    const current = await rotateKeys(home, new Date('2030-01-01T00:00:00Z'))
    await revokeKeys(home, chooseKeys(home, former, false), new Date('2030-01-01T00:05:00Z'))
    const ring = openKeyRing(home)
    expect(ring.current).toBe(current)
    expect(await rotateKeys(home, new Date('2030-01-01T00:06:00Z'))).toBe(splitRing(ring).next.kid)
  })

  it('may be both, where somebody has read them', async () => {
    const before = openKeyRing(home).keys.map(({ kid }) => kid)
    await revokeKeys(home, chooseKeys(home, undefined, true))
    const after = openKeyRing(home).keys.map(({ kid }) => kid)
    expect(after).toHaveLength(2)
    expect(before.filter((kid) => after.includes(kid))).toEqual([])
  })
})

describe("the token of the gateway's Admin API", () => {
  const plan = () =>
    planGateway(
      home,
      { proxy: 1, admin: 2, tls: 3 },
      { config: 'kong.yml', adminToken: openAdminToken(home, openSecrets(home)) },
    )

  it('is random, made once, and handed to the gateway in its environment alone', () => {
    const { env, args, probe } = plan()
    expect(env.KONG_ADMIN_TOKEN).toMatch(/^[\w-]{43}$/)
    expect(plan().env.KONG_ADMIN_TOKEN).toBe(env.KONG_ADMIN_TOKEN)
    expect([...args, probe].join(' ')).not.toContain(env.KONG_ADMIN_TOKEN)
  })

  it('stands in a file for its owner only, as a header that curl reads', () => {
    const { env } = plan()
    expect(readFileSync(home.adminTokenFile, 'utf8')).toBe(`kong-admin-token: ${env.KONG_ADMIN_TOKEN}\n`)
    expect(statSync(home.adminTokenFile).mode & 0o777).toBe(0o600)
  })

  it('is the one of the environment where that names one', () => {
    vi.stubEnv('KONG_ADMIN_TOKEN', 'chosen by the operator')
    expect(plan().env.KONG_ADMIN_TOKEN).toBe('chosen by the operator')
    expect(readFileSync(home.adminTokenFile, 'utf8')).toContain('chosen by the operator')
  })
})

it("confines the files of the gateway's plugins to a folder of the home that holds nothing else", () => {
  const { env } = planGateway(home, { proxy: 1, admin: 2, tls: 3 }, { config: 'kong.yml', adminToken: 'secret' })
  expect(env.KONG_PLUGIN_FILES_DIR).toBe(home.pluginFiles)
  expect(readdirSync(home.pluginFiles)).toEqual([])
})

it('gives a secret of two services to these two alone', async () => {
  const secrets = openSecrets(home)
  const url = 'http://127.0.0.1:1'
  const foundations = { database: () => ({}), eventBus: () => url }
  const specs = await planServices(home, secrets, { ...foundations, gateway: url, gatewayAdmin: url })
  const given = (secret: string) =>
    Object.values(specs).flatMap(({ name, env }) => (Object.values(env).includes(secret) ? [name] : []))
  expect(given(secrets['order-product']).sort()).toEqual(['order', 'product'])
  for (const name of ['provider', 'provider-webhook'] as const)
    expect(given(secrets[name]).sort()).toEqual(['payment', 'provider'])
})

it('gives each service the URL of its own database, and of no other', async () => {
  const database = (service: string) => ({ [`${service.toUpperCase()}_DATABASE`]: `secret of ${service}` })
  const url = 'http://127.0.0.1:1'
  const foundations = { database, eventBus: () => url, gateway: url, gatewayAdmin: url }
  const specs = Object.values(await planServices(home, openSecrets(home), foundations))
  const given = specs.map(({ name, env }) => [
    name,
    Object.values(env).filter((value) => value.startsWith('secret of')),
  ])
  expect(Object.fromEntries(given)).toEqual({
    ...{ provider: [], storefront: [], user: ['secret of user'], product: ['secret of product'] },
    ...{ order: ['secret of order'], payment: ['secret of payment'] },
  })
  for (const service of Object.keys(datastoreOf) as Tenant[])
    expect(specs.find(({ name }) => name === service)?.after).toContain(datastoreOf[service])
})

it('has the gateway write its access log into the home, unless the environment says where else', () => {
  const plan = () => planGateway(home, { proxy: 1, admin: 2, tls: 3 }, { config: 'kong.yml', adminToken: 'secret' })
  expect(plan()).toMatchObject({
    env: { KONG_PROXY_ACCESS_LOG: home.log('gateway-access') },
    extraLogs: ['gateway-access'],
  })
  vi.stubEnv('KONG_PROXY_ACCESS_LOG', 'off')
  expect(plan().env.KONG_PROXY_ACCESS_LOG).toBe('off')
})

describe("the gateway's ports", () => {
  it('are refused when taken, with the option that chooses another', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    await expect(choosePorts({ 'proxy-port': String(port) })).rejects.toThrow(
      new RegExp(`Port ${port} .* is taken[\\s\\S]*--proxy-port`),
    )
    await new Promise((resolve) => server.close(resolve))
  })

  it('are any free ones when asked for 0, and nothing but numbers', async () => {
    const { proxy, admin } = await choosePorts({ 'proxy-port': '0', 'admin-port': '0' })
    expect(proxy).not.toBe(admin)
    await expect(choosePorts({ 'proxy-port': 'http' })).rejects.toThrow(/wants a port number/)
    await expect(choosePorts({ 'proxy-port': '70000' })).rejects.toThrow(/highest is 65535/)
  })

  it('are refused when two options name the same one, before anything is started', async () => {
    const port = String(await findFreePort())
    await expect(choosePorts({ 'proxy-port': port, 'admin-port': port })).rejects.toThrow(
      `--proxy-port and --admin-port are both ${port}`,
    )
  })
})

it("finds the gateway's configuration before anything is started", () => {
  expect(chooseConfig()).toBe(join(projectRoot, 'kong.yml'))
  expect(() => chooseConfig('missing.yml')).toThrow(/There is no file .*missing\.yml.*--config FILE/)
})

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createAccessTokenVerifier, createTicketVerifier } from './access-token.ts'
import { type KeySet, openKeySet } from './key-set.ts'

interface Pair {
  readonly jwk: JWK
  sign(audience?: string): Promise<string>
}

const names = { JWT_ISSUER: 'https://portico.invalid', JWT_AUDIENCE: 'portico' }
const MINUTE_MS = 60_000
const unauthenticated = { code: 'unauthenticated' }

async function makePair(kid: string): Promise<Pair> {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256' },
    sign: (audience = names.JWT_AUDIENCE) =>
      new SignJWT({ role: 'customer' })
        .setProtectedHeader({ alg: 'RS256', kid })
        .setIssuer(names.JWT_ISSUER)
        .setAudience(audience)
        .setSubject('somebody')
        .setJti(crypto.randomUUID())
        .setExpirationTime('1h')
        .sign(privateKey),
  }
}

let [one, two, three]: Pair[] = []
/** What user-service answers; undefined: it is down. */
let published: string | undefined
let maxAge: number
let reads: number
let userService: Server
let now: number

const jwks = (...pairs: (Pair | undefined)[]) => JSON.stringify({ keys: pairs.map((pair) => pair?.jwk) })

beforeAll(async () => {
  ;[one, two, three] = await Promise.all(['one', 'two', 'three'].map(makePair))
})

beforeEach(async () => {
  now = 0
  reads = 0
  maxAge = 60
  published = jwks(one, two)
  userService = createServer((request, response) => {
    reads += 1
    if (published === undefined) return void request.socket.destroy()
    response.setHeader('cache-control', `public, max-age=${maxAge}`).end(published)
  })
  await once(userService.listen(0, '127.0.0.1'), 'listening')
})

afterEach(() => {
  userService.closeAllConnections()
  userService.close()
})

const url = () => `http://127.0.0.1:${(userService.address() as AddressInfo).port}`

/** Keys and a verifier of a service that has started. */
async function started(bootstrap?: string): Promise<{ keys: KeySet; verify: (token: string) => Promise<unknown> }> {
  const keys = openKeySet({ JWKS_URL: url(), JWT_JWKS: bootstrap }, { clock: () => now })
  await keys.refresh()
  return { keys, verify: createAccessTokenVerifier(names, keys) }
}

const signed = async (pair: Pair | undefined, audience?: string) => (await pair?.sign(audience)) ?? ''

describe('a revoked key', () => {
  it('is refused from the next read on, though its token was verified just before', async () => {
    const { keys, verify } = await started(jwks(one, two))
    const token = await signed(one)
    await verify(token)
    published = jwks(two, three)
    await keys.refresh()
    await expect(verify(token)).rejects.toMatchObject(unauthenticated)
    await verify(await signed(three))
  })

  it('opens no WebSocket by a ticket either', async () => {
    const { keys } = await started()
    const verify = createTicketVerifier(names, 'orders.live', keys)
    const ticket = await signed(one, 'orders.live')
    await verify(ticket)
    published = jwks(two)
    await keys.refresh()
    await expect(verify(ticket)).rejects.toMatchObject(unauthenticated)
  })

  it('of the environment is not trusted once the JWKS has been read', async () => {
    published = jwks(two)
    const { verify } = await started(jwks(one))
    await expect(verify(await signed(one))).rejects.toMatchObject(unauthenticated)
    await verify(await signed(two))
  })
})

describe('a key that is new', () => {
  it('is found by reading the JWKS again, made-up keys cause no more than a read a second', async () => {
    const { verify } = await started()
    published = jwks(two, three)
    await verify(await signed(three))
    const before = reads
    const forged = await Promise.all(Array.from({ length: 20 }, (_, index) => makePair(`forged ${index}`)))
    for (const pair of forged) await expect(verify(await pair.sign())).rejects.toMatchObject(unauthenticated)
    expect(reads - before).toBe(0)
    now += 1000
    for (const pair of forged) await expect(verify(await pair.sign())).rejects.toMatchObject(unauthenticated)
    expect(reads - before).toBe(1)
  })
})

describe('while user-service is down', () => {
  it.each([
    ['those of the environment', false],
    ['those read last', true],
  ])('%s are trusted for 15 minutes, and none after that until it is back', async (_, readBefore) => {
    if (!readBefore) published = undefined
    const { keys, verify } = await started(jwks(one, two))
    published = undefined
    const token = await signed(one)
    now += 15 * MINUTE_MS
    await keys.refresh()
    await verify(token)
    now += 1
    for (let time = 0; time < 2; time++) await expect(verify(token)).rejects.toMatchObject({ code: 'unavailable' })
    published = jwks(one)
    now += 1000
    await verify(token)
  })

  it.each([
    ['no keys at all', '{"keys":[]}'],
    ['no JSON', '<html>'],
    ['a key that is not RSA', '{"keys":[{"kty":"oct","kid":"one","k":"AAAA"}]}'],
  ])('or answers %s, the last known keys stay', async (_, answer) => {
    const { keys, verify } = await started()
    published = answer
    expect(await keys.refresh()).toBe(false)
    await verify(await signed(one))
  })
})

it('keys of the environment alone are trusted for as long as the service runs', async () => {
  const verify = createAccessTokenVerifier(names, openKeySet({ JWT_JWKS: jwks(one) }, { clock: () => now }))
  now += 1000 * MINUTE_MS
  await verify(await signed(one))
  await expect(verify(await signed(two))).rejects.toMatchObject(unauthenticated)
})

it('reads the JWKS again by itself', async () => {
  maxAge = 0
  const { keys } = await started()
  const before = keys.version()
  published = jwks(two)
  await expect.poll(() => keys.version()).toBe(before + 1)
})

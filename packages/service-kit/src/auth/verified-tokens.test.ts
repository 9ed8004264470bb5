import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createAccessTokenVerifier } from './access-token.ts'
import { createServiceTokens } from './service-token.ts'
import { type Validity, verifyingOnce } from './verified-tokens.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000_000_000 }))
afterEach(() => void vi.useRealTimers())

const seconds = () => Math.floor(Date.now() / 1000)
const later = (ms: number) => vi.setSystemTime(Date.now() + ms)

/** A verification that counts itself, and takes tokens of the form `good…`. */
function counting(claims: () => Validity = () => ({ exp: seconds() + 900 }), limits = {}) {
  const verified: string[] = []
  const verify = verifyingOnce(async (token) => {
    verified.push(token)
    if (!token.startsWith('good')) throw new Error('not right')
    return { token, ...claims() }
  }, limits)
  return { verify, verified }
}

it('verifies a token once, and each token for itself', async () => {
  const { verify, verified } = counting()
  for (const token of ['good1', 'good2', 'good1', 'good2']) expect(await verify(token)).toMatchObject({ token })
  expect(verified).toEqual(['good1', 'good2'])
})

it('never remembers a token that was refused', async () => {
  const { verify, verified } = counting()
  for (let i = 0; i < 2; i++) await expect(verify('bad')).rejects.toThrow('not right')
  expect(verified).toEqual(['bad', 'bad'])
})

it('verifies a token again after a minute', async () => {
  const { verify, verified } = counting()
  await verify('good')
  later(59_999)
  await verify('good')
  expect(verified).toHaveLength(1)
  later(1)
  await verify('good')
  expect(verified).toHaveLength(2)
})

it.each([
  ['has expired', () => ({ exp: seconds() + 10 }), 10_000],
  ['is not yet to be used, the clock having been set back', () => ({ exp: seconds() + 900, nbf: seconds() }), -1000],
])('lets the verification decide on a remembered token that %s', async (_, claims, passed) => {
  const { verify, verified } = counting(claims)
  await verify('good')
  later(passed)
  await verify('good')
  expect(verified).toHaveLength(2)
})

it('remembers no more tokens than it may, and those that were used last', async () => {
  const { verify, verified } = counting(undefined, { largest: 10 })
  await verify('good, used all the time')
  for (let i = 0; i < 100; i++) {
    await verify(`good ${i}`)
    await verify('good, used all the time')
  }
  expect(verified.filter((token) => token === 'good, used all the time')).toHaveLength(1)
  verified.splice(0)
  for (let i = 99; i >= 0; i--) await verify(`good ${i}`)
  expect(verified.length).toBeGreaterThanOrEqual(90)
})

const settings = { JWT_ISSUER: 'https://portico.invalid', JWT_AUDIENCE: 'portico' }
const unauthenticated = { code: 'unauthenticated' }

async function users() {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256' }]
  const verify = createAccessTokenVerifier({ ...settings, JWT_JWKS: JSON.stringify({ keys }) })
  const sign = (sub: string) =>
    new SignJWT({ role: 'customer' })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuer(settings.JWT_ISSUER)
      .setAudience(settings.JWT_AUDIENCE)
      .setSubject(sub)
      .setExpirationTime(seconds() + 30)
      .sign(privateKey)
  return { verify, sign }
}

it("refuses a user's token that expires while it is remembered", async () => {
  const { verify, sign } = await users()
  const token = await sign('somebody')
  for (const passed of [0, 29_000]) {
    later(passed)
    expect(await verify(token)).toEqual({ kind: 'user', userId: 'somebody', role: 'customer' })
  }
  later(1000)
  await expect(verify(token)).rejects.toMatchObject(unauthenticated)
})

it('refuses a token that differs from a remembered one in its signature or in what it says', async () => {
  const { verify, sign } = await users()
  const [token, other] = [await sign('somebody'), await sign('an admin')]
  await verify(token)
  const [header, claims, signature = ''] = token.split('.')
  const otherSignature = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`
  const forged = [`${header}.${claims}.${otherSignature}`, `${header}.${other.split('.')[1]}.${signature}`]
  for (const each of [...forged, `${header}.${claims}.`, `${header}.${claims}`, `${token}A`, token.slice(0, -1)]) {
    await expect(verify(each)).rejects.toMatchObject(unauthenticated)
  }
  expect(await verify(token)).toMatchObject({ userId: 'somebody' })
})

it("remembers a service's token for its own audience alone, and no longer than it lives", async () => {
  const secret = 'a secret of thirty-two characters'
  const calledBy = { payment: secret }
  const [order, provider] = [createServiceTokens('order', { calledBy }), createServiceTokens('provider', { calledBy })]
  const token = (
    await createServiceTokens('payment', { calls: { provider: secret } }).authorizationFor('provider')
  ).slice('Bearer '.length)
  expect(await provider.verify(token)).toBe('payment')
  await expect(order.verify(token)).rejects.toMatchObject(unauthenticated)
  later(59_000)
  expect(await provider.verify(token)).toBe('payment')
  later(1000)
  await expect(provider.verify(token)).rejects.toMatchObject(unauthenticated)
})

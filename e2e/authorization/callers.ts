import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LIVE_ORDERS_AUDIENCE } from '@portico/contracts'
import { exportJWK, exportSPKI, importJWK, type JWK, type JWTHeaderParameters, SignJWT } from 'jose'
import type { Shop } from '../shop.ts'
import type { Person } from './world.ts'

/** What is sent as Authorization: undefined for none. */
type Credential = (service: string) => Promise<string | undefined>

/** Callers that no route lets in, except the public ones. */
export type Intruders = Readonly<Record<string, Credential>>

const issuer = 'https://portico.invalid'
const audience = 'portico'
type Key = Parameters<SignJWT['sign']>[0]

/**
 * Everything that resembles a token of the owner with the role admin, which would pass on every route if it were
 * accepted: made by somebody without the shop's keys, or with its keys for another purpose, or expired.
 */
export async function createIntruders(shop: Shop, owner: Person): Promise<Intruders> {
  const { kid, signingKey, publicPem } = await readSigningKey(shop)
  const own = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const ownJwk = await exportJWK(own.publicKey)
  const sign = (key: Key, header: Partial<JWTHeaderParameters> = {}, claims: Record<string, unknown> = {}) =>
    bearer(
      new SignJWT({ role: 'admin', sub: owner.id, iss: issuer, aud: audience, exp: secondsFromNow(900), ...claims })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid, ...header })
        .sign(key),
    )
  const [header, claims, signature] = owner.token.split('.') as [string, string, string]
  const promoted = encode({ ...decode(claims), role: 'admin' })
  return {
    nobody: async () => undefined,
    'not a token': async () => 'Bearer x',
    'the token without its scheme': async () => owner.token,
    'forged with another key': () => sign(own.privateKey),
    'forged with a key that the token brings along': () => sign(own.privateKey, { jwk: ownJwk }),
    'forged with a key that nobody knows': () => sign(own.privateKey, { kid: 'unknown' }),
    'forged with alg none': async () => `Bearer ${encode({ alg: 'none', kid })}.${promoted}.`,
    'forged with HS256 and the public key': () => sign(new TextEncoder().encode(publicPem), { alg: 'HS256' }),
    'a customer who wrote admin into the token': async () => `Bearer ${header}.${promoted}.${signature}`,
    'a token without a signature': async () => `Bearer ${header}.${claims}.`,
    expired: () => sign(signingKey, {}, { exp: secondsFromNow(-1) }),
    'a token without an end': () => sign(signingKey, {}, { exp: undefined }),
    'a token of another issuer': () => sign(signingKey, {}, { iss: 'https://other.invalid' }),
    'a token for another audience': () => sign(signingKey, {}, { aud: 'other' }),
    'a token with an unknown role': () => sign(signingKey, {}, { role: 'root' }),
    'a ticket for a WebSocket': () => sign(signingKey, {}, { aud: LIVE_ORDERS_AUDIENCE, jti: randomUUID() }),
    'a service token under another secret': (service) => serviceToken('order', service, randomBytes(32)),
  }
}

/** The services that others call, each with its caller and the name of the secret that the two share. */
const calledBy = { product: ['order', 'order-product'], provider: ['payment', 'provider'] } as const
export type Called = keyof typeof calledBy

/** The token of the service that may call another, and some that are right in all but one point. */
export async function serviceTokens(shop: Shop, to: Called) {
  const secrets = readFile(shop, 'secrets.json') as Readonly<Record<string, string>>
  const [from, name] = calledBy[to]
  const others = Object.entries(secrets).filter(([other]) => other !== name)
  const wrong: Record<string, string> = {
    'a service token for another service': await serviceToken(from, 'elsewhere', `${secrets[name]}`),
    'a service token of another service': await serviceToken('storefront', to, `${secrets[name]}`),
    'a service token the other way round': await serviceToken(to, from, `${secrets[name]}`),
  }
  for (const [other, secret] of others)
    wrong[`a service token under the secret ${other}`] = await serviceToken(from, to, secret)
  return { right: await serviceToken(from, to, `${secrets[name]}`), wrong }
}

function serviceToken(from: string, to: string, secret: string | Uint8Array): Promise<string> {
  const key = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret
  const token = new SignJWT({ iss: from, aud: to, exp: secondsFromNow(900) })
  return bearer(token.setProtectedHeader({ alg: 'HS256', typ: 'service+jwt' }).sign(key))
}

const readFile = (shop: Shop, name: string): unknown => JSON.parse(readFileSync(join(shop.home, name), 'utf8'))

async function readSigningKey(shop: Shop) {
  const ring = readFile(shop, 'keys.json')
  const { current, keys } = ring as { current: string; keys: { kid: string; privateJwk: JWK }[] }
  const jwk = keys.find(({ kid }) => kid === current)?.privateJwk ?? {}
  const publicKey = (await importJWK({ kty: 'RSA', n: `${jwk.n}`, e: `${jwk.e}` }, 'RS256')) as CryptoKey
  return { kid: current, signingKey: await importJWK(jwk, 'RS256'), publicPem: await exportSPKI(publicKey) }
}

const bearer = async (token: Promise<string>) => `Bearer ${await token}`
const secondsFromNow = (seconds: number) => Math.floor(Date.now() / 1000) + seconds
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object

import fc from 'fast-check'
import { describe, it } from 'vitest'
import type { Exchange } from '../../exchange.ts'
import { basicAuth } from '../basic-auth.ts'
import { hmacAuth } from '../hmac-auth.ts'
import { SignatureLength } from '../jwt/signature.ts'
import { jwt } from '../jwt.ts'
import { keyAuth } from '../key-auth.ts'
import { configOf } from '../testing/defaults.ts'
import { type Given, testConfiguration, testExchange, testWorker } from '../testing/exchange.ts'

const DATE = 'Thu, 01 Jan 2026 00:00:00 GMT'
const worker = testWorker({ now: Date.parse(DATE) })
const consumer = { id: 'a11ce000-0000-4000-8000-000000000001' }
const algorithms = ['HS256', 'HS512', 'RS256', 'PS256', 'ES256', 'ES512', 'EdDSA']
const ecKey = JSON.stringify({
  kty: 'EC',
  crv: 'P-256',
  x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
  y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
})
const configuration = testConfiguration({
  consumers: [{ ...consumer, username: 'alice' }],
  // Every algorithm with a secret and an EC key, and again without the key.
  jwt_secrets: algorithms.flatMap((algorithm) => [
    { consumer, key: algorithm, secret: 's', algorithm, rsa_public_key: ecKey },
    { consumer, key: `${algorithm} alone`, secret: 's', algorithm, rsa_public_key: null },
  ]),
  basicauth_credentials: [
    { consumer, username: 'alice', password: '' },
    { consumer, username: 'é', password: 'not a hash' },
  ],
  hmacauth_credentials: [{ consumer, username: 'alice', secret: '' }],
  keyauth_credentials: [{ consumer, key: 'k', ttl: null }],
})

const bytes = fc.uint8Array({ maxLength: 80 }).map((each) => Buffer.from(each).toString('latin1'))
/** Of the lengths that signatures have. */
const base64 = fc
  .constantFrom(0, 20, 32, 64, 132, 256)
  .chain((length) => fc.uint8Array({ minLength: length, maxLength: length }))
  .map((each) => Buffer.from(each).toString('base64url'))
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

const token = fc
  .tuple(fc.constantFrom(...algorithms), fc.boolean(), fc.dictionary(fc.string(), fc.jsonValue()), base64)
  .map(([alg, alone, claims, signature]) => {
    return `${encode({ alg })}.${encode({ ...claims, iss: alone ? `${alg} alone` : alg })}.${signature}`
  })
const login = fc.tuple(fc.constantFrom('alice', 'é', 'nobody', ''), bytes).map((parts) => parts.join(':'))
const signed = fc
  .tuple(fc.constantFrom('hmac-sha1', 'hmac-sha512', 'hmac-md5'), bytes, base64)
  .map((parts) => parts.map((part) => part.replaceAll('"', '')))
  .map(([algorithm, names, signature]) => {
    return `hmac username="alice", algorithm="${algorithm}", headers="${names}", signature="${signature}"`
  })

const authorization = fc.oneof(
  bytes,
  token.map((each) => `Bearer ${each}`),
  login.map((each) => `Basic ${Buffer.from(each).toString('base64')}`),
  signed,
)

const plugins = [
  ['jwt', (exchange: Exchange) => jwt.access(exchange, configOf(jwt, { claims_to_verify: ['exp', 'nbf'] }))],
  ['basic-auth', (exchange: Exchange) => basicAuth.access(exchange, configOf(basicAuth, { hide_credentials: true }))],
  ['hmac-auth', (exchange: Exchange) => hmacAuth.access(exchange, configOf(hmacAuth, { validate_request_body: true }))],
  [
    'key-auth',
    (exchange: Exchange) =>
      keyAuth.access(exchange, configOf(keyAuth, { key_in_body: true, hide_credentials: true, key_names: ['apikey'] })),
  ],
] as const

describe('what a client sends to be authenticated', () => {
  it.each(plugins)('never makes %s fail', async (_, access) => {
    await fc.assert(
      fc.asyncProperty(authorization, bytes, bytes, async (value, query, body) => {
        const headers: Given['headers'] = [
          ['Authorization', value],
          ['Proxy-Authorization', query],
          ['X-Date', DATE],
          ['Content-Type', 'application/json'],
          ['apikey', body],
        ]
        try {
          await access(testExchange({ configuration, worker, target: `/?${query}`, headers, body }))
        } catch (error) {
          // Recorded of Kong, which answers 500 for it.
          if (!(error instanceof SignatureLength)) throw error
        }
      }),
      { numRuns: 500 },
    )
  })
})

import type { KeyObject } from 'node:crypto'
import type { JwtSecret } from '../config/entities.ts'
import { boolean, number, record, set, string, type Value } from '../config/schema/field.ts'
import type { Exchange } from '../exchange.ts'
import { authenticate } from './auth/anonymous.ts'
import { setConsumer } from './auth/consumer-headers.ts'
import { parseArgs, valuesOf } from './http/args.ts'
import { findCookie } from './http/cookies.ts'
import { visibleValues } from './http/visible-headers.ts'
import { fromWire, toWire } from './http/wire-text.ts'
import { decodeBase64Url } from './jwt/base64url.ts'
import { type ClaimErrors, checkMaximumExpiration, checkTimes, type Times, timesOf } from './jwt/claims.ts'
import { readPublicKey, verifyHmac, verifySignature } from './jwt/signature.ts'
import { decodeToken, index, type Token } from './jwt/token.ts'
import { VerifiedTokens } from './jwt/verified-tokens.ts'
import { perConfig } from './per-config.ts'
import type { Exit, Plugin } from './plugin.ts'

const schema = record({
  uri_param_names: set(string(), { default: ['jwt'] }),
  cookie_names: set(string(), { default: [] }),
  key_claim_name: string({ default: 'iss' }),
  secret_is_base64: boolean({ required: true, default: false }),
  claims_to_verify: set(string({ one_of: ['exp', 'nbf'] })),
  anonymous: string(),
  run_on_preflight: boolean({ required: true, default: true }),
  maximum_expiration: number({ default: 0, between: [0, 31536000] }),
  header_names: set(string(), { default: ['authorization'] }),
  realm: string({ required: false }),
})

type Config = Value<typeof schema>

/** A token whose signature was found good under one configuration. */
interface Verified {
  readonly secret: JwtSecret
  readonly times: Times
}

const verifiedTokens = perConfig((_: Config) => new VerifiedTokens<Verified>())
const publicKey = perConfig((secret: JwtSecret) => readPublicKey(secret.rsa_public_key ?? ''))

/** Checks JSON Web Tokens and finds the consumer by their key claim. Spec: Kong Hub, jwt. */
export const jwt = {
  name: 'jwt',
  priority: 1450,
  version: '3.9.1',
  schema,
  unscopable: ['consumer'],
  entity_checks: [
    {
      conditional: {
        if_field: 'config.maximum_expiration',
        if_match: { gt: 0 },
        then_field: 'config.claims_to_verify',
        then_match: { contains: 'exp' },
      },
    },
  ],
  access(exchange, config) {
    if (!config.run_on_preflight && exchange.request.method === 'OPTIONS') return undefined
    return authenticate(exchange, config.anonymous, () => authenticateByToken(exchange, config))
  },
} satisfies Plugin<typeof schema>

function authenticateByToken(exchange: Exchange, config: Config): Exit | undefined {
  const tokens = findTokens(exchange, config)
  if (tokens.size === 0) return refuse(config, { message: 'Unauthorized' }, false)
  if (tokens.size > 1) return refuse(config, { message: 'Multiple tokens provided' })
  const [text] = tokens
  if (typeof text !== 'string') return refuse(config, { message: 'Unrecognizable token' })

  const cache = verifiedTokens(config)
  const known = cache.get(text)
  if (known) return accept(exchange, config, known)
  const verified = verify(exchange, config, text)
  if (typeof verified === 'string') return refuse(config, { message: verified })
  cache.add(text, verified)
  return accept(exchange, config, verified)
}

/** The distinct tokens of a request; `true` for a query argument without a value. */
function findTokens({ upstream }: Exchange, config: Config): ReadonlySet<string | true> {
  const tokens = new Set<string | true>()
  if (upstream.query !== undefined && config.uri_param_names.length > 0) {
    const args = parseArgs(upstream.query)
    for (const name of config.uri_param_names) {
      for (const value of valuesOf(args, toWire(name))) if (value !== '') tokens.add(value)
    }
  }
  for (const name of config.cookie_names) {
    const cookie = findCookie(upstream.headers, name)
    if (cookie) tokens.add(cookie)
  }
  for (const name of config.header_names) {
    const token = /[Bb]earer\s+(.+)/s.exec(visibleValues(upstream.headers, name)[0] ?? '')?.[1]
    if (token) tokens.add(token)
  }
  return tokens
}

/** Checks all of a token that does not change with time. @returns the words of the refusal, if any */
function verify(exchange: Exchange, config: Config, text: string): Verified | string {
  const token = decodeToken(text)
  if (typeof token === 'string') return `Bad token; ${token}`
  const name = config.key_claim_name
  const inClaims = index(token.claims, toWire(name))
  const key = inClaims === undefined ? index(token.header, toWire(name)) : inClaims
  if (key === undefined) return `No mandatory '${name}' in claims`
  if (key === '') return `Invalid '${name}' in claims`
  if (typeof key !== 'string') throw new TypeError(`the claim ${name} is no text`)

  const secret = exchange.configuration.by('jwt_secrets', 'key').get(fromWire(key))
  if (!secret) return `No credentials found for given '${name}'`
  if (token.algorithm !== secret.algorithm) return 'Invalid algorithm'
  const material = keyOf(secret, config)
  if (!material) return 'Invalid key/secret'
  if (!isSignedBy(token, material)) return 'Invalid signature'
  return { secret, times: timesOf(token.claims) }
}

/** The key that a credential checks with; undefined where it has none: the schema asks ES256 and its like for no key. */
function keyOf(secret: JwtSecret, config: Config): Buffer | KeyObject | undefined {
  if (!secret.algorithm.startsWith('HS')) return secret.rsa_public_key === null ? undefined : publicKey(secret)
  return config.secret_is_base64 ? decodeBase64Url(secret.secret) : Buffer.from(secret.secret, 'utf8')
}

function isSignedBy(token: Token, key: Buffer | KeyObject): boolean {
  return Buffer.isBuffer(key)
    ? verifyHmac(token.algorithm, key, token.signed, token.signature)
    : verifySignature(token.algorithm, key, token.signed, token.signature)
}

/** Checks what changes with time, and lets the consumer in. */
function accept(exchange: Exchange, config: Config, { secret, times }: Verified): Exit | undefined {
  const now = Math.floor(exchange.worker.now() / 1000)
  const errors =
    checkTimes(times, config.claims_to_verify ?? [], now) ??
    (config.maximum_expiration > 0 ? checkMaximumExpiration(times, config.maximum_expiration, now) : undefined)
  if (errors) return refuse(config, errors)
  const consumer = exchange.configuration.table('consumers').get(secret.consumer.id)
  setConsumer(exchange, consumer, { id: secret.id, consumer: secret.consumer, identifier: secret.key })
  return undefined
}

function refuse(config: Config, body: { message: string } | ClaimErrors, invalidToken = true): Exit {
  const realm = config.realm ? ` realm="${config.realm}"` : ''
  const challenge = `Bearer${realm}${invalidToken ? ` error="invalid_token"` : ''}`
  return { kind: 'exit', status: 401, body, headers: { 'WWW-Authenticate': challenge } }
}

import { array, boolean, number, record, string, type Value } from '../config/schema/field.ts'
import type { Exchange } from '../exchange.ts'
import { authenticate } from './auth/anonymous.ts'
import { setConsumer } from './auth/consumer-headers.ts'
import { type HmacAuthorization, readAuthorization } from './hmac-auth/authorization.ts'
import { hasRightDigest, isSignedWith } from './hmac-auth/signature.ts'
import { parseHttpTime } from './http/http-time.ts'
import { fromWire, toWire } from './http/wire-text.ts'
import type { Exit, Maybe, Plugin } from './plugin.ts'

const ALGORITHMS = ['hmac-sha1', 'hmac-sha256', 'hmac-sha384', 'hmac-sha512'] as const

const schema = record({
  hide_credentials: boolean({ required: true, default: false }),
  clock_skew: number({ default: 300, gt: 0 }),
  anonymous: string(),
  validate_request_body: boolean({ required: true, default: false }),
  enforce_headers: array(string(), { default: [] }),
  algorithms: array(string({ one_of: ALGORITHMS }), { default: ALGORITHMS }),
  realm: string({ required: false }),
})

type Config = Value<typeof schema>

/** Finds the consumer by a signature over headers. Spec: Kong Hub, hmac-auth. */
export const hmacAuth = {
  name: 'hmac-auth',
  priority: 1030,
  version: '3.9.1',
  schema,
  unscopable: ['consumer'],
  access(exchange, config) {
    return authenticate(exchange, config.anonymous, () => authenticateBySignature(exchange, config))
  },
} satisfies Plugin<typeof schema>

const UNVERIFIABLE = 'HMAC signature cannot be verified'

function authenticateBySignature(exchange: Exchange, config: Config): Maybe<Exit | undefined> {
  const { headers } = exchange.upstream
  if (!headers.has('authorization') && !headers.has('proxy-authorization')) return refuse(config, 'Unauthorized')
  if (!isTimely(exchange, config, 'x-date') && !isTimely(exchange, config, 'date')) {
    return refuse(config, `${UNVERIFIABLE}, a valid date or x-date header is required for HMAC Authentication`)
  }
  const authorization = take(exchange, config)
  if (!authorization || !isAcceptable(authorization, config)) return refuse(config, UNVERIFIABLE)
  const credential = exchange.configuration.by('hmacauth_credentials', 'username').get(fromWire(authorization.username))
  if (!credential) return refuse(config, UNVERIFIABLE)
  if (!isSignedWith(credential.secret, exchange, authorization)) return mismatch(config)

  const admit = () => {
    const consumer = exchange.configuration.table('consumers').get(credential.consumer.id)
    setConsumer(exchange, consumer, {
      id: credential.id,
      consumer: credential.consumer,
      identifier: credential.username,
    })
    return undefined
  }
  if (!config.validate_request_body) return admit()
  return hasRightDigest(exchange).then((right) => (right ? admit() : mismatch(config)))
}

/** Of the two headers, Proxy-Authorization counts if it can be read; what is hidden is the one that counted. */
function take({ upstream: { headers } }: Exchange, config: Config): HmacAuthorization | undefined {
  const forProxy = readAuthorization(headers.get('proxy-authorization'))
  const authorization = forProxy ?? readAuthorization(headers.get('authorization'))
  if (config.hide_credentials) headers.remove(forProxy ? 'proxy-authorization' : 'authorization')
  return authorization
}

function isTimely({ upstream, worker }: Exchange, { clock_skew }: Config, header: string): boolean {
  const sent = parseHttpTime(upstream.headers.get(header) ?? '')
  return sent !== undefined && Math.abs(Math.floor(worker.now() / 1000) - sent) <= (clock_skew ?? 0)
}

function isAcceptable({ algorithm, headers }: HmacAuthorization, config: Config): boolean {
  const allowed: readonly string[] = config.algorithms ?? []
  return allowed.includes(algorithm) && (config.enforce_headers ?? []).every((name) => headers.includes(name))
}

function mismatch(config: Config): Exit {
  return refuse(config, 'HMAC signature does not match')
}

function refuse({ realm }: Config, message: string): Exit {
  const challenge = realm ? `hmac realm="${realm}"` : 'hmac'
  return { kind: 'error', status: 401, message, headers: { 'WWW-Authenticate': toWire(challenge) } }
}

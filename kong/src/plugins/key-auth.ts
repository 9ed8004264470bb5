import { createHmac, randomBytes } from 'node:crypto'
import type { Configuration } from '../config/configuration.ts'
import { checkHeaderName } from '../config/entities/common-fields.ts'
import type { KeyAuthCredential } from '../config/entities.ts'
import { array, boolean, record, string, type Value } from '../config/schema/field.ts'
import type { Exchange } from '../exchange.ts'
import { authenticate } from './auth/anonymous.ts'
import { setConsumer } from './auth/consumer-headers.ts'
import { parseArgs } from './http/args.ts'
import { type BodyFields, readBodyFields } from './http/body-fields.ts'
import { visibleValues } from './http/visible-headers.ts'
import { fromWire, toWire } from './http/wire-text.ts'
import type { Json } from './lua/json.ts'
import { perConfig } from './per-config.ts'
import type { Exit, Maybe, Plugin } from './plugin.ts'

const schema = record({
  key_names: array(string({ custom: checkHeaderName }), { required: true, default: ['apikey'] }),
  hide_credentials: boolean({ required: true, default: false }),
  anonymous: string(),
  key_in_header: boolean({ required: true, default: true }),
  key_in_query: boolean({ required: true, default: true }),
  key_in_body: boolean({ required: true, default: false }),
  run_on_preflight: boolean({ required: true, default: true }),
  realm: string({ required: false }),
})

type Config = Value<typeof schema>

/** Finds the consumer by a key in a header, the query or the body. Spec: Kong Hub, key-auth. */
export const keyAuth = {
  name: 'key-auth',
  priority: 1250,
  version: '3.9.1',
  schema,
  unscopable: ['consumer'],
  access(exchange, config) {
    if (!config.run_on_preflight && exchange.request.method === 'OPTIONS') return undefined
    return authenticate(exchange, config.anonymous, () => authenticateByKey(exchange, config))
  },
} satisfies Plugin<typeof schema>

function authenticateByKey(exchange: Exchange, config: Config): Maybe<Exit | undefined> {
  if (!config.key_in_body) return check(exchange, config, undefined)
  return readBodyFields(exchange).then((body) => check(exchange, config, body))
}

/** Looks for each name in turn; the first text found is the key, whatever the names after it hold. */
function check(exchange: Exchange, config: Config, body: BodyFields | undefined): Exit | undefined {
  const query = config.key_in_query ? parseArgs(exchange.upstream.query) : undefined
  for (const configured of config.key_names) {
    const name = toWire(configured)
    const found = firstTrue(headerValue(exchange, config, name), query?.get(name), body?.get(name))
    if (typeof found === 'string') {
      if (config.hide_credentials) hide(exchange, name, body)
      return admit(exchange, config, found)
    }
    if (typeof found === 'object' && found !== null) return refuse(config, 'Duplicate API key found')
  }
  return refuse(config, 'No API key found in request')
}

function headerValue({ upstream }: Exchange, config: Config, name: string): Json | undefined {
  if (!config.key_in_header) return undefined
  const values = visibleValues(upstream.headers, name)
  return values.length > 1 ? values : values[0]
}

/** What Lua's `or` would choose: the first that is neither absent nor false. */
function firstTrue(...values: readonly (Json | undefined)[]): Json | undefined {
  return values.find((value) => value !== undefined && value !== false)
}

/** Removes the key under its name from all places; the query and the body are written anew even where it was not. */
function hide({ upstream }: Exchange, name: string, body: BodyFields | undefined): void {
  if (upstream.query !== undefined) {
    const query = new URLSearchParams(fromWire(upstream.query))
    query.delete(fromWire(name))
    upstream.query = query.toString()
  }
  upstream.headers.remove(name)
  if (body) upstream.body = body.without(name)
}

function admit(exchange: Exchange, config: Config, key: string): Exit | undefined {
  if (key === '') return refuse(config, 'No API key found in request')
  const credential = keysOf(exchange.configuration).get(digestOf(fromWire(key)))
  if (!credential || isOver(credential, exchange.worker.now())) return refuse(config, 'Unauthorized')
  const consumer = exchange.configuration.table('consumers').get(credential.consumer.id)
  setConsumer(exchange, consumer, {
    id: credential.id,
    consumer: credential.consumer,
    identifier: credential.id,
  })
  return undefined
}

const PEPPER = randomBytes(32)

/** Keys are looked up by a keyed hash, so that how long it takes tells nothing of how much of a key was right. */
const digestOf = (key: string): string => createHmac('sha256', PEPPER).update(key).digest('latin1')

const keysOf = perConfig(
  (configuration: Configuration) =>
    new Map([...configuration.table('keyauth_credentials').values()].map((each) => [digestOf(each.key), each])),
)

/** In a file, `ttl` is the time at which the key ends. A text that is no number makes Kong fail. */
function isOver({ ttl }: KeyAuthCredential, now: number): boolean {
  if (ttl === undefined || ttl === null) return false
  const end = Number(ttl)
  if (Number.isNaN(end)) throw new TypeError('the ttl of a key is no number')
  return end * 1000 <= now
}

function refuse(config: Config, message: string): Exit {
  const challenge = config.realm ? `Key realm="${config.realm}"` : 'Key'
  return { kind: 'error', status: 401, message, headers: { 'WWW-Authenticate': toWire(challenge) } }
}

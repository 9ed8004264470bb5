import { createHash, timingSafeEqual } from 'node:crypto'
import type { BasicAuthCredential } from '../config/entities.ts'
import { boolean, record, string, type Value } from '../config/schema/field.ts'
import type { Exchange } from '../exchange.ts'
import { authenticate } from './auth/anonymous.ts'
import { setConsumer } from './auth/consumer-headers.ts'
import { decodeBase64 } from './http/base64.ts'
import { fromWire, toWire } from './http/wire-text.ts'
import type { Exit, Plugin } from './plugin.ts'

const schema = record({
  anonymous: string(),
  hide_credentials: boolean({ required: true, default: false }),
  realm: string({ required: true, default: 'service' }),
})

type Config = Value<typeof schema>

/** Finds the consumer by user and password. Spec: Kong Hub, basic-auth. */
export const basicAuth = {
  name: 'basic-auth',
  priority: 1100,
  version: '3.9.1',
  schema,
  unscopable: ['consumer'],
  access(exchange, config) {
    return authenticate(exchange, config.anonymous, () => authenticateByPassword(exchange, config))
  },
} satisfies Plugin<typeof schema>

/** Who the client says it is. */
interface Login {
  readonly password: string
  readonly credential: BasicAuthCredential | undefined
}

function authenticateByPassword(exchange: Exchange, config: Config): Exit | undefined {
  const proxyLogin = readLogin(exchange, config, 'proxy-authorization')
  const login = proxyLogin?.credential ? proxyLogin : readLogin(exchange, config, 'authorization')
  const credential = login?.credential
  if (!credential || !isPasswordOf(credential, login.password)) {
    const challenge = toWire(`Basic realm="${config.realm}"`)
    return { kind: 'error', status: 401, message: 'Unauthorized', headers: { 'WWW-Authenticate': challenge } }
  }
  const consumer = exchange.configuration.table('consumers').get(credential.consumer.id)
  setConsumer(exchange, consumer, {
    id: credential.id,
    consumer: credential.consumer,
    identifier: credential.username,
  })
  return undefined
}

function readLogin({ upstream, configuration }: Exchange, config: Config, header: string): Login | undefined {
  const value = upstream.headers.get(header)
  const encoded = /[Bb]asic\s*(.+)/s.exec(value ?? '')?.[1]
  const text = encoded === undefined ? undefined : decodeBase64(encoded)?.toString('latin1')
  const [, username, password] = /([^:]+):([^\n]*)/.exec(text ?? '') ?? []
  // As in Kong, what decodes to something else than user and password is not hidden.
  const isOddText = text !== undefined && username === undefined
  if (config.hide_credentials && !isOddText) upstream.headers.remove(header)
  if (username === undefined || password === undefined) return undefined
  return { password, credential: configuration.by('basicauth_credentials', 'username').get(fromWire(username)) }
}

/** Compares what Kong stores: the SHA-1 of the password followed by the consumer's id. In constant time. */
function isPasswordOf(credential: BasicAuthCredential, password: string): boolean {
  const hash = createHash('sha1').update(password, 'latin1').update(credential.consumer.id).digest('hex')
  const [given, stored] = [Buffer.from(hash), Buffer.from(credential.password)]
  return given.length === stored.length && timingSafeEqual(given, stored)
}

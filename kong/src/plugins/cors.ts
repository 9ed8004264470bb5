import { array, boolean, number, record, string, type Value } from '../config/schema/field.ts'
import { compilePcre } from '../config/schema/pcre.ts'
import type { Exchange } from '../exchange.ts'
import { HeaderList } from '../headers.ts'
import { isPlain, originMatcher } from './cors/origins.ts'
import { toWire } from './http/wire-text.ts'
import { luaNumber } from './lua/number.ts'
import { perConfig } from './per-config.ts'
import type { Plugin } from './plugin.ts'

const METHODS = ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'] as const

const schema = record({
  origins: array(string({ custom: checkOrigin })),
  headers: array(string()),
  exposed_headers: array(string()),
  methods: array(string({ one_of: METHODS }), { default: METHODS }),
  max_age: number(),
  credentials: boolean({ required: true, default: false }),
  private_network: boolean({ required: true, default: false }),
  preflight_continue: boolean({ required: true, default: false }),
})

type Config = Value<typeof schema>

const matcher = perConfig((config: Config) => originMatcher(config.origins ?? []))

function checkOrigin(origin: string): string | undefined {
  return origin === '*' || compilePcre(origin) ? undefined : `'${origin}' is not a valid regex`
}

/** Lets pages of other origins call, and answers their preflights. Spec: Kong Hub, cors. */
export const cors = {
  name: 'cors',
  priority: 2000,
  version: '3.9.1',
  schema,
  unscopable: ['consumer'],
  access(exchange, config) {
    const { method, headers } = exchange.request
    const isPreflight = method === 'OPTIONS' && headers.has('origin') && headers.has('access-control-request-method')
    if (!isPreflight) return undefined
    exchange.shared.set('cors', 'answered as a preflight')
    if (config.preflight_continue) return undefined
    return { kind: 'exit', status: 200, headers: preflightHeaders(exchange, config) }
  },
  headerFilter(exchange, config) {
    const headers = exchange.response?.headers
    if (!headers || exchange.shared.has('cors')) return
    allowOrigin(exchange, config, headers)
    const exposed = config.exposed_headers ?? []
    if (exposed.length > 0) headers.set('Access-Control-Expose-Headers', toWire(exposed.join(',')))
  },
} satisfies Plugin<typeof schema>

/** Writes which origin may read the answer, and whether with credentials. */
function allowOrigin(exchange: Exchange, config: Config, headers: HeaderList): void {
  const asking = exchange.request.headers.get('origin')
  const everybody = announceOrigin(asking, config, headers)
  if (!config.credentials) return
  if (everybody) {
    if (asking === undefined) return
    headers.set('Access-Control-Allow-Origin', asking)
    headers.add('Vary', 'Origin')
  }
  headers.set('Access-Control-Allow-Credentials', 'true')
}

/** @returns whether any origin is allowed */
function announceOrigin(asking: string | undefined, config: Config, headers: HeaderList): boolean {
  const origins = config.origins ?? []
  const [only] = origins
  if (only === undefined || (only === '*' && origins.length === 1)) {
    headers.set('Access-Control-Allow-Origin', '*')
    return true
  }
  headers.add('Vary', 'Origin')
  const announced = origins.length === 1 && isPlain(only) ? only : matchedOrigin(asking, config, origins)
  if (announced === undefined) headers.remove('Access-Control-Allow-Origin')
  else headers.set('Access-Control-Allow-Origin', announced)
  return announced === '*'
}

function matchedOrigin(asking: string | undefined, config: Config, origins: readonly string[]): string | undefined {
  if (asking === undefined) return undefined
  return origins.includes('*') ? '*' : matcher(config)(asking)
}

function preflightHeaders(exchange: Exchange, config: Config): Record<string, string> {
  const headers = new HeaderList()
  allowOrigin(exchange, config, headers)
  const { request } = exchange
  const allowed = config.headers?.length
    ? toWire(config.headers.join(','))
    : request.headers.get('access-control-request-headers')
  if (allowed !== undefined) headers.set('Access-Control-Allow-Headers', allowed)
  headers.set('Access-Control-Allow-Methods', (config.methods ?? METHODS).join(','))
  if (config.max_age !== null) headers.set('Access-Control-Max-Age', luaNumber(config.max_age))
  const asksForPrivateNetwork = request.headers.get('access-control-request-private-network') === 'true'
  if (config.private_network && asksForPrivateNetwork) headers.set('Access-Control-Allow-Private-Network', 'true')
  return Object.fromEntries(headers)
}

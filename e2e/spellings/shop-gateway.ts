import { createSign, generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Route } from '../../kong/src/config/entities.ts'
import { createGateway, type Gateway } from '../../kong/src/gateway.ts'
import { readSettings } from '../../kong/src/settings.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The embedded gateway with the project's own kong.yml. */
export interface ShopGateway {
  readonly port: number
  /** An access token that the jwt plugin accepts. */
  readonly token: string
  /** What guards a route by name: its own plugins and those of its service. Global ones guard every route. */
  guardsOf(route: string): readonly string[]
  stop(): Promise<void>
}

/**
 * @param ports where each service listens, by name.
 * The client's address is taken from X-Real-IP, so that requests need not share a rate limit, and answers name the route.
 */
export async function startShopGateway(ports: ReadonlyMap<string, number>): Promise<ShopGateway> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const env = {
    ...Object.fromEntries([...ports].map(([name, port]) => [`DECK_${name.toUpperCase()}_TARGET`, `127.0.0.1:${port}`])),
    DECK_PRODUCT_GRPC_TARGET: `127.0.0.1:${ports.get('product')}`,
    ...{ DECK_JWT_CURRENT_KID: 'current', DECK_JWT_CURRENT_PUBLIC_KEY: pem },
    ...{ DECK_JWT_NEXT_KID: 'next', DECK_JWT_NEXT_PUBLIC_KEY: pem },
    DECK_CORS_ORIGIN: 'http://localhost:5173',
  }
  const kongEnv = { KONG_ALLOW_DEBUG_HEADER: 'on', KONG_TRUSTED_IPS: '127.0.0.1' }
  const settings = readSettings({ 'proxy-listen': '127.0.0.1:0 http2' }, kongEnv)
  const gateway = createGateway({ settings, log: silent })
  const loaded = gateway.load(readFileSync(new URL('../../kong.yml', import.meta.url), 'utf8'), {
    source: 'start',
    env,
  })
  if (!loaded.ok) throw new Error(`kong.yml is refused: ${JSON.stringify(loaded)}`)
  const { proxy } = await gateway.listen()
  const signed = `${encode({ alg: 'RS256', kid: 'current' })}.${encode({ exp: Math.floor(Date.now() / 1000) + 3600 })}`
  return {
    port: proxy,
    token: `${signed}.${createSign('sha256').update(signed).sign(privateKey).toString('base64url')}`,
    guardsOf: (route) => guardsOf(gateway, route),
    stop: () => gateway.close(0),
  }
}

/** A counter guards only the routes that share it, whatever its limit. */
const counters = new Set(['rate-limiting', 'response-ratelimiting'])

function guardsOf({ configuration }: Gateway, name: string): string[] {
  const route = configuration.by('routes', 'name').get(name) as Route
  const plugins = [...configuration.table('plugins').values()].filter((plugin) => {
    return plugin.route?.id === route.id || (plugin.service !== null && plugin.service?.id === route.service?.id)
  })
  return plugins.map((plugin) => {
    const counter = counters.has(plugin.name) ? plugin.id : ''
    return `${plugin.name} ${counter} ${JSON.stringify(plugin.config)}`
  })
}

import type { Config } from '../config.ts'
import { TrafficMemory } from './history.ts'
import type { Operations } from './routes.ts'
import { sourcesOf } from './sources.ts'

/** What there is to watch, as the environment says. */
export function planOperations(config: Config): Operations {
  const { ORDER_URL: order, USER_URL: user, PRODUCT_URL: product, PAYMENT_URL: payment, PORT } = config
  const rest = { ...(product && { product }), ...(payment && { payment }) }
  const { GATEWAY_ADMIN_URL: url, GATEWAY_ADMIN_TOKEN: token, GATEWAY_METRICS_URL: metrics } = config
  const services = { user, order, ...rest, storefront: `http://127.0.0.1:${PORT}` }
  const sources = sourcesOf(services, metrics ?? (url && `${url.replace(/\/$/, '')}/metrics`))
  return {
    services,
    audit: { user, order, ...rest },
    gateway: url === undefined ? undefined : { url, token },
    sources,
    memory: new TrafficMemory(sources),
  }
}

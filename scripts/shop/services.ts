import { join } from 'node:path'
import { type Home, projectRoot } from '../home.ts'
import { findFreePort } from '../ports.ts'
import type { Secrets } from '../secrets.ts'
import type { ProcessSpec } from '../supervisor/process-spec.ts'
import { buses } from './buses.ts'
import type { DatastoreName, Tenants } from './datastore-specs.ts'
import { openKeyRing, publicJwks } from './key-ring.ts'
import type { Targets } from './kong-env.ts'

/** Whichever of them is started. */
const brokers = Object.values(buses)

export const serviceNames = ['provider', 'user', 'product', 'order', 'payment', 'storefront'] as const
/** Those that kong.yml routes to. */
const behindGateway: readonly ServiceName[] = ['user', 'product', 'order', 'payment', 'storefront']
/** Those that also speak TCP as NestJS does. */
const tcpSpeakers: readonly ServiceName[] = ['product', 'order']
/** Those that also speak gRPC. */
const grpcSpeakers: readonly ServiceName[] = ['product']
export type ServiceName = (typeof serviceNames)[number]

/** The datastore of each service that has one; each has a database and a user of its own there. */
export const datastoreOf = {
  user: 'mongodb',
  product: 'postgres',
  order: 'mysql',
  payment: 'redis-payment',
} as const satisfies Partial<Record<ServiceName, DatastoreName>>
export type Tenant = keyof typeof datastoreOf

/** The services that have a database on each datastore. */
export const tenants: Tenants = Object.fromEntries(
  Map.groupBy(Object.keys(datastoreOf) as Tenant[], (service) => datastoreOf[service]),
)

/** URLs of what the services stand on. */
export interface Foundations {
  /** The variable with the URL of a service's own database. */
  readonly database: (service: Tenant) => Readonly<Record<string, string>>
  /** The event bus, as each service may use it. */
  readonly eventBus: (service: ServiceName) => string
  /** The gateway: where the provider's webhooks come in. */
  readonly gateway: string
  /** The gateway's Admin API, which the admin panel shows. */
  readonly gatewayAdmin: string
}

/**
 * Where the gateway finds each service, by the names of the values in kong.yml.
 *
 * @param addressOf A service's `host:port` for a protocol.
 */
export function gatewayTargets(addressOf: (name: ServiceName, protocol: 'http' | 'grpc') => string): Targets {
  return Object.fromEntries([
    ...behindGateway.map((name) => [name, addressOf(name, 'http')]),
    ...grpcSpeakers.map((name) => [`${name}_grpc`, addressOf(name, 'grpc')]),
  ])
}

interface Role {
  /** What must be ready before; datastores that somebody else runs are left out. */
  readonly after: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** The six services of the shop with their environment, each on a free port. */
export async function planServices(
  home: Home,
  secrets: Secrets,
  foundations: Foundations,
): Promise<Record<ServiceName, ProcessSpec>> {
  const ports = (await findPorts(serviceNames)) as Record<ServiceName, number>
  const tcpPorts = await findPorts(tcpSpeakers)
  const grpcPorts = await findPorts(grpcSpeakers)
  const url = (name: ServiceName) => `http://127.0.0.1:${ports[name]}`
  const grpcUrl = (name: ServiceName) => `grpc://127.0.0.1:${grpcPorts[name]}`
  const roles = describeRoles(home, secrets, foundations, { url, grpcUrl })
  const common = {
    HOST: '127.0.0.1',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'info',
    JWKS_URL: `${url('user')}/.well-known/jwks.json`,
  }
  const specs = serviceNames.map((name): [ServiceName, ProcessSpec] => [
    name,
    {
      name,
      kind: 'service',
      after: roles[name].after,
      command: process.execPath,
      args: [join(projectRoot, 'services', name, 'src', 'main.ts')],
      env: {
        ...common,
        ...roles[name].env,
        PORT: String(ports[name]),
        ...(tcpPorts[name] && { TCP_PORT: String(tcpPorts[name]) }),
        ...(grpcPorts[name] && { GRPC_PORT: String(grpcPorts[name]) }),
      },
      // A service that restarts must not trust a key again that was revoked while it ran.
      currentEnv: () => ({ JWT_JWKS: JSON.stringify(publicJwks(openKeyRing(home))) }),
      ports: [ports[name], tcpPorts[name], grpcPorts[name]].filter((port) => port !== undefined),
      ipc: true,
      stopSignal: 'SIGTERM',
      probe: `${url(name)}/readyz`,
      title: url(name),
    },
  ])
  return Object.fromEntries(specs) as Record<ServiceName, ProcessSpec>
}

async function findPorts(names: readonly ServiceName[]): Promise<Partial<Record<ServiceName, number>>> {
  const found = await Promise.all(names.map(async (name) => [name, await findFreePort()] as const))
  return Object.fromEntries(found)
}

function describeRoles(
  home: Home,
  secrets: Secrets,
  foundations: Foundations,
  { url, grpcUrl }: Record<'url' | 'grpcUrl', (name: ServiceName) => string>,
): Record<ServiceName, Role> {
  const shared = { PROVIDER_SECRET: secrets.provider, PROVIDER_WEBHOOK_SECRET: secrets['provider-webhook'] }
  const webhooks = { PROVIDER_WEBHOOK_URL: `${foundations.gateway}/v1/payments/webhooks/sandbox` }
  const holds = { SERVICE_SECRET_ORDER_PRODUCT: secrets['order-product'] }
  const provider = { PROVIDER_URL: url('provider'), ...shared }
  const { database } = foundations
  const bus = (service: ServiceName) => ({ EVENT_BUS_URL: foundations.eventBus(service) })
  return {
    provider: { after: [], env: { ...shared, ...webhooks, PROVIDER_DATA_DIR: home.data('provider') } },
    user: { after: [datastoreOf.user], env: { ...database('user'), JWT_KEYS_FILE: home.keysFile } },
    product: {
      after: [datastoreOf.product, ...brokers],
      env: { ...database('product'), ...bus('product'), ...holds },
    },
    order: {
      after: [datastoreOf.order, ...brokers],
      env: { ...database('order'), PRODUCT_URL: grpcUrl('product'), ...bus('order'), ...holds },
    },
    payment: {
      after: [datastoreOf.payment, ...brokers],
      env: { ...database('payment'), ...bus('payment'), ...provider },
    },
    storefront: {
      after: [],
      env: {
        ...{ ORDER_URL: url('order'), USER_URL: url('user'), PRODUCT_URL: url('product'), PAYMENT_URL: url('payment') },
        GATEWAY_ADMIN_URL: foundations.gatewayAdmin,
      },
    },
  }
}

/** `/`, `/status` and `/status/ready`: what the gateway says of itself. */
import { hostname } from 'node:os'
import { unsupportedPlugins } from '../plugins/unsupported.ts'
import { KONG_VERSION } from '../version.ts'
import { type AdminAnswer, message, ok } from './answer.ts'
import type { AdminRoute, Call } from './routes.ts'

export const nodeRoute: AdminRoute = { path: '/', methods: { GET: describeNode } }
export const statusRoute: AdminRoute = { path: '/status', methods: { GET: describeStatus } }
export const statusReadyRoute: AdminRoute = { path: '/status/ready', methods: { GET: describeReadiness } }

/** Kong names every plugin that it brings along, in use or not; so those are named too that only it can run. */
export const enabledPluginsRoute: AdminRoute = {
  path: '/plugins/enabled',
  methods: {
    GET: ({ gateway: { registry, settings } }) => {
      const absent = settings.plugins.includes('bundled') ? unsupportedPlugins.keys() : []
      return ok({ enabled_plugins: [...registry.keys(), ...absent].sort() })
    },
  },
}

function describeNode({ gateway }: Call): AdminAnswer {
  const used = new Set([...gateway.configuration.table('plugins').values()].map(({ name }) => name))
  return ok({
    version: KONG_VERSION,
    edition: 'community',
    tagline: 'Welcome to kong',
    hostname: hostname(),
    node_id: gateway.worker.nodeId,
    lua_version: `Node.js ${process.versions.node}`,
    timers: { running: 0, pending: 0 },
    plugins: {
      available_on_server: Object.fromEntries(
        [...gateway.registry.values()].map(({ name, version, priority }) => [name, { version, priority }]),
      ),
      enabled_in_cluster: [...used].sort(),
    },
    configuration: describeSettings(gateway),
    pids: { master: gateway.worker.pid, workers: [gateway.worker.pid] },
  })
}

const onOff = (value: boolean): string => (value ? 'on' : 'off')

/** Kong writes an empty list as an empty object. */
const listOrTable = (items: readonly string[]): object => (items.length === 0 ? {} : items)

function describeSettings({ settings }: Call['gateway']): object {
  const { proxy } = settings
  return {
    database: 'off',
    role: 'traditional',
    router_flavor: 'traditional_compatible',
    declarative_config: settings.config ?? null,
    real_ip_header: proxy.realIpHeader === 'x-real-ip' ? 'X-Real-IP' : proxy.realIpHeader,
    real_ip_recursive: onOff(proxy.realIpRecursive),
    trusted_ips: listOrTable(proxy.trustedIps),
    headers: listOrTable(settings.headersAsGiven),
    headers_upstream: listOrTable(proxy.requestIdToUpstream ? ['x-kong-request-id'] : []),
    allow_debug_header: proxy.allowDebugHeader,
    error_default_type: proxy.errorDefaultType,
    upstream_keepalive_pool_size: proxy.upstreamKeepalive.poolSize,
    upstream_keepalive_max_requests: proxy.upstreamKeepalive.maxRequests,
    upstream_keepalive_idle_timeout: proxy.upstreamKeepalive.idleTimeout / 1000,
    log_level: settings.logLevel,
  }
}

function describeStatus({ gateway }: Call): AdminAnswer {
  const { state, configuration } = gateway
  const { heapUsed, heapTotal, rss } = process.memoryUsage()
  const mebibytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(2)} MiB`
  return ok({
    memory: {
      workers_lua_vms: [{ pid: gateway.worker.pid, http_allocated_gc: mebibytes(heapUsed) }],
      lua_shared_dicts: { kong: { allocated_slabs: mebibytes(heapTotal), capacity: mebibytes(rss) } },
    },
    server: describeConnections(gateway),
    configuration_hash: configuration.hash,
    ...(state.error && { configuration_error: state.error }),
  })
}

/** In the words of nginx's stub_status; what waits and what is read is not told apart here. */
function describeConnections({ proxy, requests }: Call['gateway']): object {
  const { active, accepted } = proxy.connections
  return {
    connections_active: active,
    connections_reading: 0,
    connections_writing: active,
    connections_waiting: 0,
    connections_accepted: accepted,
    connections_handled: accepted,
    total_requests: requests,
  }
}

function describeReadiness({ gateway }: Call): AdminAnswer {
  const isEmpty = gateway.configuration.hash === '0'.repeat(32)
  return isEmpty ? message(503, 'no configuration available (empty configuration present)') : message(200, 'ready')
}

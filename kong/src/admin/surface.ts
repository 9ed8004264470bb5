/** Every path of the Admin API, and of the Status API, which shows part of it. */
import { message, noContent, notFound } from './answer.ts'
import { configRoute } from './config.ts'
import { entityRoutes } from './entities.ts'
import { healthRoutes } from './health.ts'
import { metricsRoute } from './metrics.ts'
import { enabledPluginsRoute, nodeRoute, statusReadyRoute, statusRoute } from './node.ts'
import { proxyCacheRoutes } from './proxy-cache.ts'
import { type AdminRoute, AdminRoutes } from './routes.ts'
import { schemaRoutes } from './schemas.ts'
import { tagRoutes } from './tags.ts'

/** Kong's cache of entities, which there is none of here: whatever is asked for is not in it. */
const cacheRoutes: readonly AdminRoute[] = [
  { path: '/cache', methods: { DELETE: () => noContent } },
  { path: '/cache/:key', methods: { GET: () => notFound, DELETE: () => noContent } },
]

/** WebAssembly filters are off in Kong too unless asked for. */
const filterChains: AdminRoute = {
  path: '/filter-chains',
  methods: { GET: () => message(400, 'this endpoint is only available when wasm is enabled') },
}

const routes = [
  nodeRoute,
  statusRoute,
  configRoute,
  enabledPluginsRoute,
  filterChains,
  ...tagRoutes,
  ...entityRoutes,
  ...healthRoutes,
  ...schemaRoutes,
  ...cacheRoutes,
  ...proxyCacheRoutes,
  metricsRoute,
]

const endpoints: AdminRoute = {
  path: '/endpoints',
  methods: {
    GET: () => ({ status: 200, body: { data: routes.map(({ path }) => path.replace(/:(\w+)/g, '{$1}')).sort() } }),
  },
}

/** Every path with its methods, for the documentation. */
export const adminPaths: readonly { readonly path: string; readonly methods: readonly string[] }[] = [
  ...routes,
  endpoints,
].map(({ path, methods }) => ({ path, methods: Object.keys(methods) }))

export const adminRoutes = new AdminRoutes([...routes, endpoints])

export const statusRoutes = new AdminRoutes([
  statusRoute,
  statusReadyRoute,
  metricsRoute,
  ...healthRoutes.filter(({ methods }) => methods.GET),
])

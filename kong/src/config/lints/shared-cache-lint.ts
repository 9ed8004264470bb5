import type { CollectionName, PluginEntity, Reference, Route } from '../entities.ts'
import { doubt, type Lint, pluginLint, type Whole } from './lint.ts'

/** An authentication plugin: where its credentials are kept, and which request headers carry them. */
interface Authentication {
  readonly credentials: CollectionName
  readonly headers: (config: never) => readonly string[]
}

const authentication: Readonly<Record<string, Authentication>> = {
  jwt: {
    credentials: 'jwt_secrets',
    headers: ({ header_names, cookie_names }: { header_names: readonly string[]; cookie_names: readonly string[] }) =>
      cookie_names.length > 0 ? [...header_names, 'cookie'] : header_names,
  },
  'key-auth': {
    credentials: 'keyauth_credentials',
    headers: ({ key_names, key_in_header }: { key_names: readonly string[]; key_in_header: boolean }) =>
      key_in_header ? key_names : [],
  },
  'basic-auth': { credentials: 'basicauth_credentials', headers: () => ['authorization'] },
  'hmac-auth': { credentials: 'hmacauth_credentials', headers: () => ['authorization'] },
}

/** Whether several users may come as one consumer: it has several credentials, or one that only an issuer can have. */
function sharesConsumers(whole: Whole, collection: CollectionName): boolean {
  return whole.note(`shared ${collection}`, () => {
    const seen = new Set<string>()
    return whole.of(collection).some((credential) => {
      const { consumer, algorithm } = credential as { consumer: Reference; algorithm?: string }
      const isShared = seen.has(consumer.id) || (algorithm !== undefined && !algorithm.startsWith('HS'))
      seen.add(consumer.id)
      return isShared
    })
  })
}

/** Authentication that shares consumers, by the route it runs on; '' for that of services and of everything. */
const sharingPlugins = (whole: Whole): ReadonlyMap<string, readonly PluginEntity[]> =>
  whole.note('authentication that shares consumers', () => {
    const sharing = whole.of('plugins').filter(({ name, enabled }) => {
      const kind = authentication[name]
      return kind !== undefined && enabled && sharesConsumers(whole, kind.credentials)
    })
    return Map.groupBy(sharing, ({ route }) => route?.id ?? '')
  })

function sharingPluginsNear({ route }: PluginEntity, whole: Whole): readonly PluginEntity[] {
  const byRoute = sharingPlugins(whole)
  return route ? [route.id, ''].flatMap((id) => byRoute.get(id) ?? []) : [...byRoute.values()].flat()
}

/** Whether two plugins may run for the same request. `routes` are those of the document by id. */
function mayMeet(a: PluginEntity, b: PluginEntity, routes: ReadonlyMap<string, Route>): boolean {
  const serviceOf = ({ route, service }: PluginEntity) => service?.id ?? (route && routes.get(route.id)?.service?.id)
  if (a.route && b.route && a.route.id !== b.route.id) return false
  const [first, second] = [serviceOf(a), serviceOf(b)]
  return !first || !second || first === second
}

/** Whether the cache tells the credentials apart: the headers that carry them are part of its key. */
function isKeyedBy(vary: readonly string[], { name, config }: PluginEntity): boolean {
  const { hide_credentials = false } = config as { hide_credentials?: boolean }
  const headers = authentication[name]?.headers(config as never) ?? []
  return !hide_credentials && headers.every((header) => vary.includes(header.toLowerCase()))
}

/** The key of proxy-cache holds the consumer's id and not the token (Kong Hub, proxy-cache, "Cache key"). */
export const sharedCacheLint: Lint = pluginLint<{ vary_headers: readonly string[] | null }>(
  'proxy-cache',
  "proxy-cache behind authentication where several users share a consumer: they get one another's answers",
  ({ vary_headers }, _node, whole, cache) => {
    if (!cache.enabled) return undefined
    const routes = whole.note('routes by id', () => new Map(whole.of('routes').map((route) => [route.id, route])))
    const vary = (vary_headers ?? []).map((header) => header.toLowerCase())
    const shared = sharingPluginsNear(cache, whole).find(
      (plugin) => mayMeet(cache, plugin, routes) && !isKeyedBy(vary, plugin),
    )
    return shared === undefined
      ? undefined
      : doubt(
          'config',
          `users of '${shared.name}' who share a consumer get one another's answers: the cache key holds the consumer, not the token; list the header of the token in 'vary_headers', or do not cache here`,
        )
  },
)

import type { GatewayState } from '@portico/contracts'
import { AppError } from '@portico/service-kit'
import { z } from 'zod'
import { describeLimit } from './limits.ts'
import { readPage } from './watched.ts'

/** How to reach the gateway's Admin API; it is only ever read. */
export interface GatewayAccess {
  readonly url: string
  readonly token?: string | undefined
}

/** Pages of a thousand; no shop has more than so many. */
const PAGE = '?size=1000'
const ref = z.object({ id: z.string() }).nullish()
const names = z.array(z.string()).nullish()
const list = <Item extends z.ZodType>(item: Item) => z.object({ data: z.array(item) })

const service = z.object({
  id: z.string(),
  name: z.string().nullish(),
  protocol: z.string(),
  host: z.string(),
  port: z.number(),
  path: z.string().nullish(),
  retries: z.number(),
  enabled: z.boolean().default(true),
})
const route = z.object({ id: z.string(), name: z.string().nullish(), methods: names, paths: names, service: ref })
const plugin = z.object({
  name: z.string(),
  enabled: z.boolean(),
  route: ref,
  service: ref,
  consumer: ref,
  config: z.record(z.string(), z.unknown()),
})
const target = z.object({ target: z.string(), weight: z.number(), health: z.string().optional() })

type Plugin = z.infer<typeof plugin>
type Route = z.infer<typeof route>

/**
 * What the gateway has in force. Of a plugin's configuration only limits are shown, of consumers and keys nothing.
 * @throws AppError unavailable when the Admin API is not configured or does not answer
 */
export async function readGateway(access: GatewayAccess | undefined): Promise<GatewayState> {
  if (!access) throw new AppError('unavailable', 'This shop was not told where its gateway has its Admin API.')
  const read = <T extends z.ZodType>(path: string, schema: T) => readAdmin(access, path, schema)
  const [status, root, services, routes, plugins, upstreams] = await Promise.all([
    read('/status', z.object({ configuration_hash: z.string().optional() })),
    read('/', z.object({ version: z.string() })),
    read(`/services${PAGE}`, list(service)),
    read(`/routes${PAGE}`, list(route)),
    read(`/plugins${PAGE}`, list(plugin)),
    read(`/upstreams${PAGE}`, list(z.object({ id: z.string(), name: z.string() }))),
  ])
  const serviceName = new Map(services.data.map(({ id, name }) => [id, name ?? id]))
  const routeName = new Map(routes.data.map(({ id, name }) => [id, name ?? id]))
  return {
    version: root.version,
    configurationHash: status.configuration_hash ?? null,
    services: services.data
      .map(({ id, name, protocol, host, port, path, retries, enabled }) => ({
        name: name ?? id,
        address: `${protocol}://${host}:${port}${path ?? ''}`,
        retries,
        enabled,
      }))
      .sort(byName),
    routes: routes.data.map((each) => describeRoute(each, plugins.data, serviceName)).sort(byName),
    plugins: plugins.data
      .map((each) => ({
        name: each.name,
        enabled: each.enabled,
        scope: scopeOf(each, routeName, serviceName),
      }))
      .sort((a, b) => a.name.localeCompare(b.name) || a.scope.localeCompare(b.scope)),
    upstreams: await Promise.all(
      upstreams.data.map(async ({ id, name }) => ({
        name,
        targets: (await read(`/upstreams/${id}/health`, list(target))).data.map((each) => ({
          ...each,
          health: each.health ?? 'HEALTHCHECKS_OFF',
        })),
      })),
    ),
  }
}

const byName = (a: { readonly name: string }, b: { readonly name: string }) => a.name.localeCompare(b.name)

function describeRoute(each: Route, plugins: readonly Plugin[], serviceName: ReadonlyMap<string, string>) {
  const own = plugins.filter(({ route, enabled }) => enabled && route?.id === each.id)
  const ofService = plugins.filter(
    ({ route, service, enabled }) => enabled && !route && service?.id === each.service?.id,
  )
  const inherited = each.service ? ofService : []
  const everywhere = plugins.filter(({ route, service, consumer, enabled }) => {
    return enabled && !route && !service && !consumer
  })
  // The narrower scope wins (Kong, "plugin precedence").
  const limiting = [own, inherited, everywhere].flatMap((scope) => scope.filter(({ name }) => name === 'rate-limiting'))
  return {
    name: each.name ?? each.id,
    service: each.service ? (serviceName.get(each.service.id) ?? null) : null,
    methods: each.methods ?? [],
    paths: each.paths ?? [],
    plugins: [...new Set([...own, ...inherited].map(({ name }) => name))].sort(),
    limit: limiting[0] ? describeLimit(limiting[0].config) : null,
  }
}

function scopeOf(
  { route, service, consumer }: Plugin,
  routeName: ReadonlyMap<string, string>,
  serviceName: ReadonlyMap<string, string>,
): string {
  if (route) return `route ${routeName.get(route.id) ?? route.id}`
  if (service) return `service ${serviceName.get(service.id) ?? service.id}`
  return consumer ? 'a consumer' : 'global'
}

async function readAdmin<T extends z.ZodType>(access: GatewayAccess, path: string, schema: T): Promise<z.output<T>> {
  try {
    const headers: Record<string, string> = access.token ? { 'kong-admin-token': access.token } : {}
    const { status, text } = await readPage(access.url.replace(/\/$/, '') + path, headers)
    if (status !== 200) throw new AppError('unavailable', `The gateway's Admin API answered ${status}.`)
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('unavailable', "The gateway's Admin API does not answer.", { cause })
  }
}

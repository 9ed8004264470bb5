import type { Configuration } from '../config/configuration.ts'
import type { Service } from '../config/entities.ts'
import type { Worker } from '../exchange.ts'
import type { Balancer } from './balancer.ts'
import { directBalancer } from './direct-balancer.ts'
import { CachedResolver } from './dns/cached-resolver.ts'
import type { DnsSettings } from './dns/settings.ts'
import type { DiscoveredTarget } from './target-pool.ts'
import { UpstreamBalancer } from './upstream-balancer.ts'

/** The balancers of one configuration. */
export interface Balancers {
  /** The upstream whose name is the service's host, else the host itself. */
  forService(service: Service): Balancer
  /** By the upstream's id. */
  readonly upstreams: ReadonlyMap<string, UpstreamBalancer>
  /**
   * Gives an upstream, by name, targets besides those of the file, in the place of those given before. They outlive
   * reloads and are never written anywhere.
   */
  setOverlay(upstreamName: string, targets: readonly DiscoveredTarget[]): void
  /** Stops the health checks. Requests under way may go on. */
  close(): void
}

/** The resolver of a worker; its settings are those that it was first asked for with. */
export const resolverOf = (worker: Worker, settings?: DnsSettings): CachedResolver =>
  worker.state('balancer.resolver', () => new CachedResolver(settings))

/** Makes the balancers of a configuration; what `previous` knows of the health of the same addresses is kept. */
export function createBalancers(configuration: Configuration, worker: Worker, previous?: Balancers): Balancers {
  const resolver = resolverOf(worker)
  const overlays = worker.state('balancer.overlays', () => new Map<string, readonly DiscoveredTarget[]>())
  const targets = configuration.groupedBy('targets', 'upstream')
  const before = new Map(
    [...(previous?.upstreams.values() ?? [])].map((balancer) => [balancer.upstream.name, balancer]),
  )
  const upstreams = new Map<string, UpstreamBalancer>()
  const byName = new Map<string, UpstreamBalancer>()
  for (const upstream of configuration.table('upstreams').values()) {
    const { id, name } = upstream
    const balancer = new UpstreamBalancer(upstream, targets.get(id) ?? [], {
      resolver,
      overlay: overlays.get(name) ?? [],
      previous: before.get(name),
    })
    upstreams.set(id, balancer)
    byName.set(name, balancer)
  }
  const direct = new Map<string, Balancer>()

  return {
    upstreams,
    forService(service) {
      const known = byName.get(service.host) ?? direct.get(service.id)
      if (known) return known
      const balancer = directBalancer(service, resolver)
      direct.set(service.id, balancer)
      return balancer
    },
    setOverlay(upstreamName, specs) {
      overlays.set(upstreamName, specs)
      byName.get(upstreamName)?.setOverlay(specs)
    },
    close() {
      for (const balancer of upstreams.values()) balancer.close()
    },
  }
}

import type { Target, Upstream } from '../config/entities.ts'
import type { Exchange } from '../exchange.ts'
import type { Address } from './address.ts'
import { addressName } from './address.ts'
import type { Algorithm } from './algorithms/algorithm.ts'
import { consistentHashing } from './algorithms/consistent-hashing.ts'
import { latency } from './algorithms/latency.ts'
import { leastConnections } from './algorithms/least-connections.ts'
import { roundRobin } from './algorithms/round-robin.ts'
import { type Balancer, NameNotResolved, NoPeer, type Peer } from './balancer.ts'
import type { CachedResolver } from './dns/cached-resolver.ts'
import { isWatched, UpstreamHealth } from './health/upstream-health.ts'
import { type UpstreamView, viewTarget, weigh } from './health/view.ts'
import { type DiscoveredTarget, TargetPool, type TargetState } from './target-pool.ts'

/** Spreads requests over the targets of one upstream, as its algorithm and health checks say. */
export class UpstreamBalancer implements Balancer {
  readonly upstream: Upstream
  readonly #algorithm: Algorithm
  readonly #pool: TargetPool
  readonly #health: UpstreamHealth | undefined
  readonly #fromFile: readonly Target[]
  #overlay: readonly DiscoveredTarget[] = []
  /** The addresses that the algorithm goes by. */
  #laidOut: readonly Address[] = []

  constructor(
    upstream: Upstream,
    targets: readonly Target[],
    {
      resolver,
      overlay,
      previous,
    }: { resolver: CachedResolver; overlay: readonly DiscoveredTarget[]; previous: UpstreamBalancer | undefined },
  ) {
    this.upstream = upstream
    this.#fromFile = targets
    this.#algorithm = algorithmFor(upstream)
    this.#pool = new TargetPool(upstream, resolver, () => this.#refreshed())
    this.#health = isWatched(upstream)
      ? new UpstreamHealth(upstream, () => this.#pool.addresses, previous ? previous.#health : undefined)
      : undefined
    this.setOverlay(overlay)
  }

  /** The targets that are not in the file. */
  get overlay(): readonly DiscoveredTarget[] {
    return this.#overlay
  }

  /** Adds targets in the place of those added before. Of one that is in the file too, the file's word counts. */
  setOverlay(targets: readonly DiscoveredTarget[]): void {
    const inFile = new Set(this.#fromFile.map(({ target }) => target))
    this.#overlay = targets.filter(({ target }) => !inFile.has(target))
    this.#pool.replace([...this.#fromFile, ...this.#overlay])
  }

  get clientCertificate(): Upstream['client_certificate'] {
    return this.upstream.client_certificate
  }

  next(exchange: Exchange, failed: readonly Peer[]): Promise<Peer> | Peer {
    const looking = this.#pool.refresh()
    return looking ? looking.then(() => this.#pick(exchange, failed)) : this.#pick(exchange, failed)
  }

  /** What the Admin API shows. */
  view(): UpstreamView {
    return {
      healthy: this.#isUsable(),
      watched: this.#health !== undefined,
      weight: weigh(this.#pool.addresses),
      hosts: this.#pool.targets.map(viewTarget),
    }
  }

  /**
   * Sets the health of a target's addresses, or of one of them (`ip:port`), by hand.
   * Answers false where there are no health checks.
   */
  setHealth({ host, port }: Pick<TargetState, 'host' | 'port'>, healthy: boolean, only?: string): boolean {
    if (!this.#health) return false
    for (const target of this.#pool.targets) {
      if (target.host !== host || target.port !== port) continue
      for (const address of target.addresses) {
        if (only === undefined || addressName(address) === only) this.#health.set(address, healthy)
      }
    }
    return true
  }

  close(): void {
    this.#health?.close()
  }

  #refreshed(): void {
    const { addresses, targets } = this.#pool
    const same = addresses.length === this.#laidOut.length && addresses.every((one, i) => one === this.#laidOut[i])
    if (same && addresses.length > 0) return
    this.#laidOut = addresses
    this.#health?.keepOnly(addresses)
    this.#algorithm.update(addresses, targets.length)
  }

  /** Source: Kong 3.9, the threshold of healthchecks: what is available must be more than so many percent. */
  #isUsable(): boolean {
    const { total, available } = weigh(this.#pool.addresses)
    return total > 0 && (available / total) * 100 > this.upstream.healthchecks.threshold
  }

  #pick(exchange: Exchange, failed: readonly Peer[]): Peer {
    const { targets } = this.#pool
    if (targets.length > 0 && targets.every((target) => target.failed)) throw new NameNotResolved(this.upstream.name)
    if (!this.#algorithm.ignoresThreshold && !this.#isUsable()) throw new NoPeer(this.upstream.name)
    const picked = this.#algorithm.pick(
      exchange,
      failed.map(addressOf).filter((address) => address !== undefined),
    )
    if (!picked) throw new NoPeer(this.upstream.name)
    return this.#peer(picked.address, picked.setCookie)
  }

  #peer(address: Address, setCookie: string | undefined): Peer {
    const start = performance.now()
    address.connections += 1
    this.#algorithm.started?.(address)
    const peer: Peer = {
      ip: address.ip,
      port: address.port,
      host: this.upstream.host_header ?? address.host,
      ...(setCookie !== undefined && { setCookie }),
      report: (outcome) => this.#health?.report(address, outcome),
      release: () => {
        address.connections -= 1
        this.#algorithm.finished?.(address, performance.now() - start)
      },
    }
    addresses.set(peer, address)
    return peer
  }
}

/** Which address a peer stands for. */
const addresses = new WeakMap<Peer, Address>()
const addressOf = (peer: Peer): Address | undefined => addresses.get(peer)

function algorithmFor(upstream: Upstream): Algorithm {
  switch (upstream.algorithm) {
    case 'round-robin':
      return roundRobin()
    case 'least-connections':
      return leastConnections()
    case 'latency':
      return latency(() => performance.now())
    case 'consistent-hashing':
      return consistentHashing(upstream)
  }
}

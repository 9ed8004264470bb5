import type { Upstream } from '../../config/entities.ts'
import type { Address } from '../address.ts'
import { addressName } from '../address.ts'
import type { Outcome } from '../balancer.ts'
import { startActiveChecks } from './active-checks.ts'
import { HealthCounters, type Thresholds } from './health-counters.ts'

/** Whether an upstream is watched at all. Source: Kong 3.9, is_upstream_using_healthcheck. */
export function isWatched({ healthchecks: { active, passive } }: Upstream): boolean {
  const { tcp_failures, timeouts, http_failures } = passive.unhealthy
  return active.healthy.interval > 0 || active.unhealthy.interval > 0 || tcp_failures + timeouts + http_failures > 0
}

/** The health of the addresses of one upstream. */
export class UpstreamHealth {
  readonly #passive: Thresholds
  readonly #active: Thresholds
  readonly #counters: Map<string, HealthCounters>
  readonly #stop: () => void

  /**
   * @param addresses those that there are at the moment.
   * @param previous the health of the same upstream under the configuration before: what is known is kept.
   */
  constructor(upstream: Upstream, addresses: () => readonly Address[], previous: UpstreamHealth | undefined) {
    const { active, passive } = upstream.healthchecks
    this.#passive = thresholds(passive)
    this.#active = thresholds(active)
    this.#counters = new Map(previous ? previous.#counters : [])
    const watched = () => addresses().filter(({ weight }) => weight > 0)
    this.#stop = startActiveChecks({
      check: active,
      addresses: () => watched().map((address) => ({ address, healthy: this.of(address).healthy })),
      hostFor: ({ host }) => upstream.host_header ?? host,
      report: (address, result) => this.#count(address, this.#active, result),
    })
  }

  /** Counts how a request ended. */
  report(address: Address, outcome: Outcome): void {
    this.#count(address, this.#passive, outcome)
  }

  set(address: Address, healthy: boolean): void {
    this.of(address).set(healthy)
    address.available = healthy
  }

  of(address: Address): HealthCounters {
    const name = addressName(address)
    const known = this.#counters.get(name)
    if (known) return known
    const counters = new HealthCounters()
    this.#counters.set(name, counters)
    return counters
  }

  /** Forgets addresses that are gone, and tells those that are there how they are. */
  keepOnly(addresses: readonly Address[]): void {
    const names = new Set(addresses.map(addressName))
    for (const name of this.#counters.keys()) if (!names.has(name)) this.#counters.delete(name)
    for (const address of addresses) address.available = this.of(address).healthy
  }

  close(): void {
    this.#stop()
  }

  /** What changes is in force a moment later, as in Kong, so a retry may still go to what has just become unhealthy. */
  #count(address: Address, limits: Thresholds, outcome: Outcome): void {
    const counters = this.of(address)
    if (outcome.kind === 'status') counters.status(outcome.status, limits)
    else if (outcome.kind === 'timeout') counters.timeout(limits)
    else counters.tcpFailure(limits)
    if (counters.healthy === address.available) return
    setImmediate(() => {
      address.available = counters.healthy
    })
  }
}

function thresholds(check: Upstream['healthchecks']['active'] | Upstream['healthchecks']['passive']): Thresholds {
  return {
    successes: check.healthy.successes,
    tcpFailures: check.unhealthy.tcp_failures,
    timeouts: check.unhealthy.timeouts,
    httpFailures: check.unhealthy.http_failures,
    healthyStatuses: check.healthy.http_statuses,
    unhealthyStatuses: check.unhealthy.http_statuses,
  }
}

import type { Address } from '../address.ts'
import type { TargetState } from '../target-pool.ts'

/** Weights of a target or of a whole upstream, as the Admin API shows them. */
export interface WeightView {
  readonly total: number
  readonly available: number
  readonly unavailable: number
}

export interface TargetView {
  readonly host: string
  readonly port: number
  readonly dns: string
  readonly nodeWeight: number
  readonly weight: WeightView
  readonly addresses: readonly {
    readonly ip: string
    readonly port: number
    readonly weight: number
    readonly healthy: boolean
  }[]
  /** Whether the target's name has no address. */
  readonly dnsFailed: boolean
}

/** What the Admin API tells of an upstream's health. */
export interface UpstreamView {
  /** Whether requests are let through to it at all. */
  readonly healthy: boolean
  /** Whether there are health checks; without them the Admin API says HEALTHCHECKS_OFF. */
  readonly watched: boolean
  readonly weight: WeightView
  readonly hosts: readonly TargetView[]
}

export function weigh(addresses: readonly Address[]): WeightView {
  let total = 0
  let available = 0
  for (const address of addresses) {
    total += address.weight
    if (address.available) available += address.weight
  }
  return { total, available, unavailable: total - available }
}

export function viewTarget({ host, port, dns, weight, addresses, failed }: TargetState): TargetView {
  return {
    host,
    port,
    dns,
    nodeWeight: weight,
    weight: weigh(addresses),
    addresses: addresses.map((address) => ({
      ip: address.ip,
      port: address.port,
      weight: address.weight,
      healthy: address.available,
    })),
    dnsFailed: failed,
  }
}

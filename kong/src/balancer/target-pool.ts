import type { Upstream } from '../config/entities.ts'
import type { Address } from './address.ts'
import type { CachedResolver } from './dns/cached-resolver.ts'
import type { DnsRecord } from './dns/resolver.ts'

/** A target as the file or the overlay gives it. */
export interface TargetSpec {
  /** `host:port`. */
  readonly target: string
  readonly weight: number
}

/** A target that a registry told of; it is in no file. */
export interface DiscoveredTarget extends TargetSpec {
  /** When it was heard of, in seconds since the epoch. */
  readonly since: number
}

/** A target with the addresses that it stands for at the moment. */
export interface TargetState {
  readonly host: string
  readonly port: number
  readonly weight: number
  addresses: readonly Address[]
  dns: 'A' | 'SRV'
  /** Whether the last look-up failed and there is nothing older to go by. */
  failed: boolean
  /** When its name is to be looked up again, on the monotonic clock. */
  refreshAt: number
}

/** A name that could not be looked up is tried again after so many milliseconds. */
const retryAfter = 30_000

/**
 * The targets of one upstream and the addresses behind them. An address that stays is the same object, so that what is
 * known of it is kept.
 */
export class TargetPool {
  readonly #upstream: Upstream
  readonly #resolver: CachedResolver
  readonly #onChange: () => void
  #targets: readonly TargetState[] = []
  #refreshAt = 0
  #looking: Promise<void> | undefined

  constructor(upstream: Upstream, resolver: CachedResolver, onChange: () => void) {
    this.#upstream = upstream
    this.#resolver = resolver
    this.#onChange = onChange
  }

  get targets(): readonly TargetState[] {
    return this.#targets
  }

  get addresses(): readonly Address[] {
    return this.#targets.flatMap(({ addresses }) => addresses)
  }

  /** Replaces the targets; of several with the same name and port the last one counts. */
  replace(specs: readonly TargetSpec[]): void {
    const states = new Map<string, TargetState>()
    for (const { target, weight } of specs) {
      const known = this.#targets.find((state) => nameOf(state) === target)
      states.delete(target)
      states.set(target, { ...newState(target, weight), addresses: known?.addresses ?? [] })
    }
    this.#targets = [...states.values()]
    this.#refreshAt = 0
    this.#looking = undefined
    this.refresh()
  }

  /** Looks up what is due; answers a promise where there is something to wait for, since nothing is known yet. */
  refresh(): Promise<void> | undefined {
    const now = performance.now()
    if (this.#looking) return this.addresses.length === 0 ? this.#looking : undefined
    if (now < this.#refreshAt) return undefined
    const due = this.#targets.filter(({ refreshAt }) => refreshAt <= now)
    const waiting = due.map((state) => this.#lookUp(state)).filter((result) => result instanceof Promise)
    if (waiting.length === 0) {
      this.#settle()
      return undefined
    }
    const looking = Promise.all(waiting).then(() => {
      if (this.#looking !== looking) return
      this.#looking = undefined
      this.#settle()
    })
    this.#looking = looking
    // What is known already can be used while the rest is looked up.
    this.#onChange()
    return this.addresses.length === 0 ? looking : undefined
  }

  #settle(): void {
    this.#refreshAt = Math.min(Number.POSITIVE_INFINITY, ...this.#targets.map(({ refreshAt }) => refreshAt))
    this.#onChange()
  }

  #lookUp(state: TargetState): Promise<void> | undefined {
    const apply = ({ records, ttl, type }: { records: readonly DnsRecord[]; ttl: number; type: 'A' | 'SRV' }) => {
      state.addresses = this.#addressesOf(state, records)
      state.dns = type
      state.failed = false
      state.refreshAt = performance.now() + ttl
    }
    const resolution = this.#resolver.resolve(state.host)
    if (!(resolution instanceof Promise)) {
      apply(resolution)
      return undefined
    }
    return resolution.then(apply, () => {
      state.failed = state.addresses.length === 0
      state.refreshAt = performance.now() + retryAfter
    })
  }

  #addressesOf(state: TargetState, records: readonly DnsRecord[]): readonly Address[] {
    return records.map(({ ip, port = state.port, weight = state.weight, name }) => {
      const host = name !== undefined && this.#upstream.use_srv_name ? name : state.host
      const known = state.addresses.find((address) => address.ip === ip && address.port === port)
      if (known && known.weight === weight && known.host === host) return known
      return { ip, port, weight, host, available: known?.available ?? true, connections: known?.connections ?? 0 }
    })
  }
}

const nameOf = ({ host, port }: TargetState): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)

function newState(target: string, weight: number): TargetState {
  const colon = target.lastIndexOf(':')
  const host = target.slice(0, colon).replace(/^\[(.*)\]$/, '$1')
  return {
    host,
    port: Number(target.slice(colon + 1)),
    weight,
    addresses: [],
    dns: 'A',
    failed: false,
    refreshAt: 0,
  }
}

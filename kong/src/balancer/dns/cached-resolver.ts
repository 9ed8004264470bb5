import { NameNotResolved } from '../balancer.ts'
import { NameResolver, type Resolution, resolveLocally } from './resolver.ts'
import { type DnsSettings, defaultDns } from './settings.ts'

const namesLimit = 10_000

interface Entry {
  /** Undefined where there was none. */
  readonly resolution: Resolution | undefined
  readonly failure: Error | undefined
  /** On the monotonic clock. */
  readonly until: number
}

/**
 * Remembers what names resolve to; an answer that has grown old is used while it is asked for anew, but for one with a
 * TTL of 0, which is good for one use.
 */
export class CachedResolver {
  readonly #settings: DnsSettings
  readonly #resolver: NameResolver
  readonly #entries = new Map<string, Entry>()
  readonly #asking = new Map<string, Promise<Resolution>>()

  constructor(settings: DnsSettings = defaultDns) {
    this.#settings = settings
    this.#resolver = new NameResolver(settings)
  }

  /** @throws NameNotResolved, NameLookUpFailed */
  resolve(name: string): Promise<Resolution> | Resolution {
    const entry = this.#entries.get(name)
    const now = performance.now()
    if (!entry) return this.#known(name) ?? this.#ask(name)
    const { resolution, failure, until } = entry
    if (now < until) return resolution ?? Promise.reject(failure)
    const asking = this.#ask(name)
    if (!resolution || resolution.ttl === 0 || now > until + this.#settings.staleTtl) return asking
    asking.catch(() => undefined)
    return resolution
  }

  #known(name: string): Resolution | undefined {
    const resolution = resolveLocally(name)
    if (resolution) this.#remember(name, { resolution, failure: undefined, until: Number.POSITIVE_INFINITY })
    return resolution
  }

  #remember(name: string, entry: Entry): void {
    if (this.#entries.size >= namesLimit) this.#entries.clear()
    this.#entries.set(name, entry)
  }

  /** Whoever asks while the same is being asked waits for that answer. */
  #ask(name: string): Promise<Resolution> {
    const known = this.#asking.get(name)
    if (known) return known
    const asking = this.#lookUp(name).finally(() => this.#asking.delete(name))
    this.#asking.set(name, asking)
    return asking
  }

  async #lookUp(name: string): Promise<Resolution> {
    try {
      const resolution = await this.#resolver.resolve(name)
      this.#remember(name, { resolution, failure: undefined, until: performance.now() + resolution.ttl })
      return resolution
    } catch (error) {
      const failure = error as Error
      const { notFoundTtl, errorTtl } = this.#settings
      const until = performance.now() + (failure instanceof NameNotResolved ? notFoundTtl : errorTtl)
      this.#remember(name, { resolution: this.#entries.get(name)?.resolution, failure, until })
      throw failure
    }
  }
}

import { NameNotResolved } from '../balancer.ts'
import { type Resolution, resolveLocally, resolveName } from './resolver.ts'

/** How long a failure is remembered, in milliseconds: Kong's dns_error_ttl. */
const failureTtl = 1000
/** How long an old answer may still be used while a new one is asked for: Kong's dns_stale_ttl. */
const staleTtl = 3_600_000
const namesLimit = 10_000

interface Entry {
  readonly resolution: Resolution | undefined
  readonly until: number
  asking: Promise<Resolution> | undefined
}

/** Remembers what names resolve to; an answer that has grown old is used while it is asked for anew. */
export class CachedResolver {
  readonly #entries = new Map<string, Entry>()

  /** @throws NameNotResolved */
  resolve(name: string): Promise<Resolution> | Resolution {
    const entry = this.#entries.get(name)
    const now = performance.now()
    if (!entry) return this.#known(name) ?? this.#ask(name)
    if (now < entry.until) {
      if (entry.resolution) return entry.resolution
      return Promise.reject(new NameNotResolved(name))
    }
    if (!entry.resolution || now > entry.until + staleTtl) return entry.asking ?? this.#ask(name)
    if (!entry.asking) {
      entry.asking = this.#ask(name)
      entry.asking.catch(() => undefined)
    }
    return entry.resolution
  }

  #known(name: string): Resolution | undefined {
    const resolution = resolveLocally(name)
    if (resolution) this.#remember(name, resolution, resolution.ttl)
    return resolution
  }

  #remember(name: string, resolution: Resolution | undefined, ttl: number): void {
    if (this.#entries.size >= namesLimit) this.#entries.clear()
    this.#entries.set(name, { resolution, until: performance.now() + ttl, asking: undefined })
  }

  async #ask(name: string): Promise<Resolution> {
    try {
      const resolution = await resolveName(name)
      this.#remember(name, resolution, resolution.ttl)
      return resolution
    } catch (error) {
      this.#remember(name, this.#entries.get(name)?.resolution, failureTtl)
      throw error
    }
  }
}

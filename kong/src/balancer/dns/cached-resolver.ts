import { NameNotResolved } from '../balancer.ts'
import { type Resolution, resolveName } from './resolver.ts'

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
    if (!entry) return this.#ask(name)
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

  async #ask(name: string): Promise<Resolution> {
    if (this.#entries.size >= namesLimit) this.#entries.clear()
    try {
      const resolution = await resolveName(name)
      this.#entries.set(name, { resolution, until: performance.now() + resolution.ttl, asking: undefined })
      return resolution
    } catch (error) {
      const resolution = this.#entries.get(name)?.resolution
      this.#entries.set(name, { resolution, until: performance.now() + failureTtl, asking: undefined })
      throw error
    }
  }
}

import type { Configuration } from '../../config/configuration.ts'

/** An answer as it is kept. */
export interface StoredAnswer {
  readonly status: number
  /** Name, value, name, value, … */
  readonly headers: readonly string[]
  readonly body: Buffer
  /** When it came: seconds since the epoch. */
  readonly timestamp: number
  /** Seconds that it is fresh. */
  readonly ttl: number
  /** When it is dropped: seconds since the epoch. */
  readonly dropAt: number
}

/** No longer body is kept, so that what is under way can't fill the memory either. Bytes. */
export const MAX_BODY = 16 * 1048576

/** What an answer takes besides its body and headers, roughly. */
const OVERHEAD = 512

function sizeOf({ body, headers }: StoredAnswer): number {
  return headers.reduce((sum, text) => sum + text.length, body.length + OVERHEAD)
}

/** Answers by key, bounded by what they take; the longest unused go first. */
export class ResponseCache {
  readonly #limit: number
  readonly #answers = new Map<string, StoredAnswer>()
  #size = 0

  /** @param limit bytes of all answers together; Kong's own is 128 MiB */
  constructor(limit = 128 * 1048576) {
    this.#limit = limit
  }

  get(key: string, now: number): StoredAnswer | undefined {
    const answer = this.#answers.get(key)
    if (!answer) return undefined
    this.delete(key)
    if (answer.dropAt <= now) return undefined
    this.set(key, answer)
    return answer
  }

  set(key: string, answer: StoredAnswer): void {
    this.delete(key)
    const size = sizeOf(answer)
    if (size > this.#limit) return
    this.#answers.set(key, answer)
    this.#size += size
    for (const oldest of this.#answers.keys()) {
      if (this.#size <= this.#limit) break
      this.delete(oldest)
    }
  }

  /** Answers whether there was one. */
  delete(key: string): boolean {
    const answer = this.#answers.get(key)
    if (answer) this.#size -= sizeOf(answer)
    return this.#answers.delete(key)
  }

  clear(): void {
    this.#answers.clear()
    this.#size = 0
  }
}

const caches = new WeakMap<Configuration, ResponseCache>()

/** The cache of a configuration: as in Kong, a reload begins with an empty one. */
export function responseCacheOf(configuration: Configuration): ResponseCache {
  let cache = caches.get(configuration)
  if (!cache) {
    cache = new ResponseCache()
    caches.set(configuration, cache)
  }
  return cache
}

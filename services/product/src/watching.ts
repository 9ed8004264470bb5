import { setTimeout as wait } from 'node:timers/promises'
import { AppError, type Log } from '@portico/service-kit'
import { availableOf } from './store/catalogue.ts'
import type { Db } from './store/database.ts'

export interface StockChange {
  readonly productId: string
  readonly available: number
  readonly at: string
}

/** How many streams may be open at once in this process. */
export interface WatchLimits {
  readonly streams: number
  readonly streamsPerPeer: number
}

/** Milliseconds between two queries, whatever the number of streams. */
const POLL_MS = 500

/**
 * Watches the stock for all streams with one query per tick for the union of their products, so that streams cost the
 * database nothing. It polls only while a stream is open.
 */
export class StockWatch {
  readonly #db: Db
  readonly #limits: WatchLimits
  readonly #log: Log
  readonly #watchers = new Set<Watcher>()
  readonly #perPeer = new Map<string, number>()
  #polling = false

  constructor(db: Db, limits: WatchLimits, log: Log) {
    this.#db = db
    this.#limits = limits
    this.#log = log
  }

  /**
   * Yields what is available of each product now, and each change from then on, until `signal` aborts. A change that is
   * reverted between two ticks is not seen.
   * @throws AppError too_many_streams; not_found for an unknown product; unavailable when the database fails
   */
  async *watch(
    productIds: readonly string[],
    { peer, signal }: { readonly peer: string; readonly signal: AbortSignal },
  ): AsyncGenerator<StockChange> {
    const watcher = this.#enter(productIds, peer)
    signal.addEventListener('abort', watcher.wake, { once: true })
    try {
      while (!signal.aborted) {
        const change = watcher.take()
        if (change) yield change
        else await watcher.woken()
      }
    } finally {
      this.#leave(watcher, peer)
    }
  }

  #enter(productIds: readonly string[], peer: string): Watcher {
    const own = this.#perPeer.get(peer) ?? 0
    if (own >= this.#limits.streamsPerPeer) throw new AppError('too_many_streams', 'Close some of your streams first.')
    if (this.#watchers.size >= this.#limits.streams) throw new AppError('too_many_streams')
    this.#perPeer.set(peer, own + 1)
    const watcher = new Watcher(productIds)
    this.#watchers.add(watcher)
    if (!this.#polling) void this.#poll()
    return watcher
  }

  #leave(watcher: Watcher, peer: string): void {
    this.#watchers.delete(watcher)
    const left = (this.#perPeer.get(peer) ?? 0) - 1
    if (left > 0) this.#perPeer.set(peer, left)
    else this.#perPeer.delete(peer)
  }

  async #poll(): Promise<void> {
    this.#polling = true
    while (this.#watchers.size > 0) {
      await this.#tick([...this.#watchers])
      await wait(POLL_MS, undefined, { ref: false })
    }
    this.#polling = false
  }

  /** @param watchers Those whose products the query asks for; who comes while it runs waits for the next tick. */
  async #tick(watchers: readonly Watcher[]): Promise<void> {
    const ids = new Set(watchers.flatMap(({ productIds }) => [...productIds]))
    try {
      const found = await availableOf(this.#db, [...ids])
      const at = new Date().toISOString()
      for (const watcher of watchers) watcher.see(found, at)
    } catch (error) {
      this.#log.warn({ err: error }, 'the stock could not be read; open streams end')
      for (const watcher of watchers) watcher.fail(new AppError('unavailable', undefined, { cause: error }))
    }
  }
}

/** One stream: what its reader was sent, and the latest value of each product that it was not sent yet. */
class Watcher {
  readonly productIds: ReadonlySet<string>
  readonly #sent = new Map<string, number>()
  readonly #pending = new Map<string, StockChange>()
  #failure: AppError | undefined
  #woken = Promise.withResolvers<void>()

  constructor(productIds: readonly string[]) {
    this.productIds = new Set(productIds)
  }

  see(found: ReadonlyMap<string, number>, at: string): void {
    for (const productId of this.productIds) {
      const known = this.#sent.has(productId) || this.#pending.has(productId)
      if (!known && !found.has(productId)) {
        this.fail(new AppError('not_found', `The shop has no product ${productId}.`))
        return
      }
      // A product that was taken out of the catalogue can't be had any more.
      const available = found.get(productId) ?? 0
      if (this.#sent.get(productId) === available) this.#pending.delete(productId)
      else if (this.#pending.get(productId)?.available !== available)
        this.#pending.set(productId, { productId, available, at })
    }
    if (this.#pending.size > 0) this.wake()
  }

  /** The next change to send, if there is one. @throws AppError when the watch failed */
  take(): StockChange | undefined {
    if (this.#failure) throw this.#failure
    const [next] = this.#pending.values()
    if (!next) return undefined
    this.#pending.delete(next.productId)
    this.#sent.set(next.productId, next.available)
    return next
  }

  fail(error: AppError): void {
    this.#failure = error
    this.wake()
  }

  readonly wake = (): void => {
    this.#woken.resolve()
    this.#woken = Promise.withResolvers()
  }

  woken(): Promise<void> {
    return this.#woken.promise
  }
}

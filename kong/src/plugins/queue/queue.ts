import type { Log } from '../../exchange.ts'

/** How a queue batches and retries. Times in seconds. Kong 3.9, kong/tools/queue_schema.lua. */
export interface QueueSettings {
  readonly max_batch_size: number
  readonly max_coalescing_delay: number
  readonly max_entries: number
  readonly max_bytes: number | null
  readonly max_retry_time: number
  readonly initial_retry_delay: number
  readonly max_retry_delay: number
  /** 1: one batch after the other; -1: each entry at once and by itself. */
  readonly concurrency_limit: number
}

/** Sends a batch; rejects when it is to be tried again. */
export type Deliver<Entry> = (batch: readonly Entry[]) => Promise<void>

interface Waiting<Entry> {
  readonly entry: Entry
  readonly bytes: number
}

/**
 * Entries on their way to a server. When there are too many the oldest are dropped; a batch that can't be delivered is
 * tried again with growing pauses, and given up after `max_retry_time`. Waiting here never keeps the process alive.
 */
export class DeliveryQueue<Entry> {
  readonly #settings: QueueSettings
  readonly #deliver: Deliver<Entry>
  readonly #log: Log
  #waiting: Waiting<Entry>[] = []
  #bytes = 0
  #running = false
  #atOnce = 0
  /** Ends the pause in which more entries may come. */
  #batchIsFull: (() => void) | undefined

  constructor(settings: QueueSettings, deliver: Deliver<Entry>, log: Log) {
    this.#settings = settings
    this.#deliver = deliver
    this.#log = log
  }

  /** @param bytes what the entry counts for `max_bytes` */
  add(entry: Entry, bytes: number): void {
    if (this.#settings.concurrency_limit === -1) {
      this.#sendAtOnce(entry)
      return
    }
    this.#waiting.push({ entry, bytes })
    this.#bytes += bytes
    this.#dropExcess()
    if (this.#waiting.length >= this.#settings.max_batch_size) this.#batchIsFull?.()
    if (!this.#running) void this.#run()
  }

  #sendAtOnce(entry: Entry): void {
    if (this.#atOnce >= this.#settings.max_entries) {
      this.#log.error('an entry was dropped: too many are on their way', { dropped: 1 })
      return
    }
    this.#atOnce++
    void this.#deliverOrGiveUp([entry]).finally(() => this.#atOnce--)
  }

  #dropExcess(): void {
    const { max_entries, max_bytes } = this.#settings
    const limit = max_bytes ?? Number.POSITIVE_INFINITY
    let dropped = 0
    while (this.#waiting.length > max_entries || (this.#bytes > limit && this.#waiting.length > 0)) {
      this.#bytes -= this.#waiting.shift()?.bytes ?? 0
      dropped++
    }
    if (dropped > 0) this.#log.error('entries were dropped: the queue is full', { dropped })
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#waiting.length > 0) {
      const { max_batch_size, max_coalescing_delay } = this.#settings
      if (this.#waiting.length < max_batch_size) await this.#gather(max_coalescing_delay)
      const batch = this.#waiting.splice(0, max_batch_size)
      for (const { bytes } of batch) this.#bytes -= bytes
      await this.#deliverOrGiveUp(batch.map(({ entry }) => entry))
    }
    this.#running = false
  }

  /** Waits for more entries, until the batch is full or the time is over. */
  async #gather(seconds: number): Promise<void> {
    const full = new Promise<void>((resolve) => {
      this.#batchIsFull = resolve
    })
    await Promise.race([full, pause(seconds)])
    this.#batchIsFull = undefined
  }

  async #deliverOrGiveUp(batch: readonly Entry[]): Promise<void> {
    const { initial_retry_delay, max_retry_delay, max_retry_time } = this.#settings
    const deadline = performance.now() + max_retry_time * 1000
    for (let delay = initial_retry_delay; ; delay = Math.min(delay * 2, max_retry_delay)) {
      try {
        return await this.#deliver(batch)
      } catch (error) {
        if (performance.now() >= deadline) {
          this.#log.error('entries could not be delivered', { dropped: batch.length, error: String(error) })
          return
        }
        await pause(delay)
      }
    }
  }
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000).unref())
}

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
}

/** Sends a batch; rejects when it is to be tried again. */
export type Deliver = (batch: readonly string[]) => Promise<void>

/**
 * Entries on their way to a log server, one batch at a time. When there are too many the oldest are dropped; a batch
 * that can't be delivered is tried again with growing pauses, and given up after `max_retry_time`. Waiting here never
 * keeps the process alive.
 */
export class LogQueue {
  readonly #settings: QueueSettings
  readonly #deliver: Deliver
  readonly #log: Log
  #entries: string[] = []
  #bytes = 0
  #running = false

  constructor(settings: QueueSettings, deliver: Deliver, log: Log) {
    this.#settings = settings
    this.#deliver = deliver
    this.#log = log
  }

  add(entry: string): void {
    this.#entries.push(entry)
    this.#bytes += entry.length
    this.#dropExcess()
    if (!this.#running) void this.#run()
  }

  #dropExcess(): void {
    const { max_entries, max_bytes } = this.#settings
    const limit = max_bytes ?? Number.POSITIVE_INFINITY
    let dropped = 0
    while (this.#entries.length > max_entries || (this.#bytes > limit && this.#entries.length > 0)) {
      this.#bytes -= this.#entries.shift()?.length ?? 0
      dropped++
    }
    if (dropped > 0) this.#log.error('log entries were dropped: the queue is full', { dropped })
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#entries.length > 0) {
      const { max_batch_size, max_coalescing_delay } = this.#settings
      if (this.#entries.length < max_batch_size) await pause(max_coalescing_delay)
      const batch = this.#entries.splice(0, max_batch_size)
      for (const entry of batch) this.#bytes -= entry.length
      await this.#deliverOrGiveUp(batch)
    }
    this.#running = false
  }

  async #deliverOrGiveUp(batch: readonly string[]): Promise<void> {
    const { initial_retry_delay, max_retry_delay, max_retry_time } = this.#settings
    const deadline = performance.now() + max_retry_time * 1000
    for (let delay = initial_retry_delay; ; delay = Math.min(delay * 2, max_retry_delay)) {
      try {
        return await this.#deliver(batch)
      } catch (error) {
        if (performance.now() >= deadline) {
          this.#log.error('log entries could not be delivered', { dropped: batch.length, error })
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

import type { Log } from '../../log.ts'
import { backoffMs, pause } from '../../retry.ts'
import type { Closable, Subscription } from '../bus.ts'
import type { Death } from '../dead-letters.ts'
import { Handling } from '../handling.ts'
import { KafkaMember } from './group.ts'
import type { KafkaLine } from './line.ts'
import { KafkaReading } from './reading.ts'

interface ConsumerOptions {
  readonly subscription: Subscription
  readonly line: KafkaLine
  readonly open: () => KafkaLine
  readonly group: string
  /** The topic's own, and what is replayed for this group alone. */
  readonly topics: readonly string[]
  /** Makes the topics where they are not there yet. */
  readonly ensure: () => Promise<void>
  readonly bury: (death: Death, topic: string, offset: bigint) => Promise<void>
  readonly sessionMs: number
  readonly maxAttempts: number
  readonly log: Log
}

const BROKER_BACKOFF = { firstMs: 50, maxMs: 1000 }

/** Is a member of one group, and reads its topics while it leads, until it is closed. */
export function startKafkaConsumer(options: ConsumerOptions): Closable {
  const consumer = new KafkaConsumer(options)
  return { close: () => consumer.close() }
}

class KafkaConsumer {
  readonly #options: ConsumerOptions
  readonly #handling: Handling
  readonly #waitingLine: KafkaLine
  readonly #member: KafkaMember
  readonly #stop = new AbortController()
  /** Given after what was read is finished, until when it must stay a member. */
  readonly #leave = new AbortController()
  readonly #done: Promise<void>
  #reading: KafkaReading | undefined

  constructor(options: ConsumerOptions) {
    this.#options = options
    this.#handling = new Handling(options)
    this.#waitingLine = options.open()
    this.#member = new KafkaMember({ ...options, waitingLine: this.#waitingLine })
    this.#done = this.#loop()
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#reading?.stop()
    await this.#handling.close()
    this.#leave.abort()
    // It may be waiting for the others to join.
    await this.#waitingLine.close()
    await this.#done
    await this.#reading?.lose()
    await this.#member.leave().catch(() => undefined)
  }

  async #loop(): Promise<void> {
    const { signal } = this.#leave
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.#options.ensure()
        await this.#member.join()
        failures = 0
        await this.#follow()
        await this.#member.stay(signal)
      } catch (error) {
        if (signal.aborted) return
        failures += 1
        const { group, log } = this.#options
        log.warn({ err: error, group, failures }, 'the event bus could not be read; trying again')
        if (!this.#member.leads) await this.#follow()
        await pause(backoffMs(failures, BROKER_BACKOFF), signal)
      }
    }
  }

  /** Reads while it leads, and only then. */
  async #follow(): Promise<void> {
    if (!this.#member.leads) {
      const reading = this.#reading
      this.#reading = undefined
      await reading?.lose()
    } else if (!this.#stop.signal.aborted) {
      this.#reading ??= new KafkaReading({ ...this.#options, member: this.#member, handling: this.#handling })
    }
  }
}

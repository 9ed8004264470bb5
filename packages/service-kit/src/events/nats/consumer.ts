import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream'
import type { Log } from '../../log.ts'
import { backoffMs, pause } from '../../retry.ts'
import type { Closable, Subscription } from '../bus.ts'
import type { Death } from '../dead-letters.ts'
import { Handling } from '../handling.ts'
import { ANSWER_MS, type NatsLine } from './connection.ts'

interface ConsumerOptions {
  readonly subscription: Subscription
  readonly line: NatsLine
  /** Where it reads: stream and durable consumer. */
  readonly sources: readonly (readonly [stream: string, consumer: string])[]
  /** Makes streams and consumers where they are not there yet. */
  readonly ensure: () => Promise<void>
  /** Puts a message into the dead letters; the same under the same key once. */
  readonly bury: (death: Death, key: string) => Promise<void>
  readonly takeOverAfterMs: number
  readonly maxAttempts: number
  readonly log: Log
}

const BATCH = 32
const ACKNOWLEDGE = '+ACK'
const WAIT_MS = 1000
const BROKER_BACKOFF = { firstMs: 50, maxMs: 1000 }

/** Pulls one group's messages of a topic, and those that are replayed for it, until it is closed. */
export function startNatsConsumer(options: ConsumerOptions): Closable {
  const consumer = new NatsConsumer(options)
  return { close: () => consumer.close() }
}

class NatsConsumer {
  readonly #options: ConsumerOptions
  readonly #handling: Handling
  readonly #held = new Map<string, JsMsg>()
  readonly #pulls = new Set<ConsumerMessages>()
  readonly #stop = new AbortController()
  readonly #done: Promise<unknown>
  readonly #beat: NodeJS.Timeout

  constructor(options: ConsumerOptions) {
    this.#options = options
    this.#handling = new Handling(options)
    this.#beat = setInterval(() => this.#keep(), options.takeOverAfterMs / 3)
    this.#done = Promise.all(options.sources.map(([stream, consumer]) => this.#loop(stream, consumer)))
  }

  async close(): Promise<void> {
    this.#stop.abort()
    for (const pull of this.#pulls) pull.stop()
    await this.#handling.close()
    await this.#done
    clearInterval(this.#beat)
    // What was not finished goes to another replica at once.
    for (const message of this.#held.values()) message.nak()
    const session = await this.#options.line.session().catch(() => undefined)
    await session?.connection.flush().catch(() => undefined)
  }

  async #loop(stream: string, consumer: string): Promise<void> {
    const { signal } = this.#stop
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.#options.ensure()
        const { jetstream } = await this.#options.line.session()
        const source = await jetstream.consumers.get(stream, consumer)
        while (!signal.aborted) {
          const room = Math.min(this.#handling.room, BATCH)
          if (room > 0) await this.#pull(await source.fetch({ max_messages: room, expires: WAIT_MS }))
          else await Promise.race([this.#handling.whenFreed(), pause(WAIT_MS, signal)])
          failures = 0
        }
      } catch (error) {
        if (signal.aborted) return
        failures += 1
        this.#options.log.warn({ err: error, stream, failures }, 'the event bus could not be read; trying again')
        await pause(backoffMs(failures, BROKER_BACKOFF), signal)
      }
    }
  }

  async #pull(messages: ConsumerMessages): Promise<void> {
    this.#pulls.add(messages)
    if (this.#stop.signal.aborted) messages.stop()
    try {
      for await (const message of messages) this.#take(message)
    } finally {
      this.#pulls.delete(messages)
    }
  }

  #take(message: JsMsg): void {
    const { stream, streamSequence, deliveryCount } = message.info
    const id = `${stream} ${streamSequence}`
    const acknowledge = async () => {
      const { connection } = await this.#options.line.session()
      // Not `ackAck`: it asks once, and does nothing more where the answer got lost.
      await connection.request(replySubjectOf(message), ACKNOWLEDGE, { timeout: ANSWER_MS })
      this.#held.delete(id)
    }
    this.#held.set(id, message)
    this.#handling.take({
      id,
      text: message.string(),
      tries: deliveryCount - 1,
      acknowledge,
      bury: async (death) => {
        await this.#options.bury(death, id)
        await acknowledge()
      },
    })
  }

  /** Says of each message that it is being worked on, so that nobody else is given it. */
  #keep(): void {
    for (const message of this.#held.values()) message.working()
  }
}

/** Where its acknowledgement goes. The library's messages have it, though their interface does not say so. */
const replySubjectOf = (message: JsMsg): string => (message as JsMsg & { readonly reply: string }).reply

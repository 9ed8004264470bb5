import { type Event, type Topic, topics } from '@portico/contracts'
import type { Handlers, Outbox } from '@portico/service-kit'

interface Delivery {
  readonly consumer: string
  readonly event: Event
}

/** A bus as bad as one may be: what is published waits until the test delivers it, in whatever order, also twice. */
export class ManualBus {
  readonly waiting: Delivery[] = []
  readonly #outboxes: Readonly<Record<Topic, Outbox>>
  readonly #handlers: Readonly<Record<string, Partial<Handlers>>>

  constructor(outboxes: Readonly<Record<Topic, Outbox>>, handlers: Readonly<Record<string, Partial<Handlers>>>) {
    this.#outboxes = outboxes
    this.#handlers = handlers
  }

  /** Takes what is in the outboxes; for each consumer its own copy. */
  async relay(): Promise<void> {
    for (const topic of Object.keys(topics) as Topic[]) {
      const consumers: Readonly<Record<string, readonly string[]>> = topics[topic].consumers
      await this.#outboxes[topic].drain(1000, async (events) => {
        for (const event of events) {
          for (const [consumer, types] of Object.entries(consumers)) {
            if (types.includes(event.type)) this.waiting.push({ consumer, event })
          }
        }
      })
    }
  }

  /** Delivers one of what waits; a refused one waits on, and so does one that is to come again. */
  async deliver(index: number, again = false): Promise<void> {
    await this.relay()
    const delivery = this.waiting[index % Math.max(1, this.waiting.length)]
    if (delivery && (await this.#handled(delivery)) && !again) this.waiting.splice(this.waiting.indexOf(delivery), 1)
  }

  /** Delivers each that waits once. */
  async deliverAll(): Promise<void> {
    await this.relay()
    for (const delivery of [...this.waiting]) {
      if (await this.#handled(delivery)) this.waiting.splice(this.waiting.indexOf(delivery), 1)
    }
  }

  async #handled({ consumer, event }: Delivery): Promise<boolean> {
    const handlers = this.#handlers[consumer] as Record<string, (event: Event) => Promise<void>>
    try {
      await handlers[event.type]?.(event)
      return true
    } catch (error) {
      // As the real bus does: what comes too early comes again; anything else is a fault.
      if (error instanceof Error && error.name === 'TooEarly') return false
      throw error
    }
  }
}

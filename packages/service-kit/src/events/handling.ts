import type { Event } from '@portico/contracts'
import { isDatastoreDown } from '../http/datastore-down.ts'
import type { Log } from '../log.ts'
import { backoffMs, pause } from '../retry.ts'
import type { Subscription } from './bus.ts'
import { type Death, deathOf } from './dead-letters.ts'
import { ForgedEvent, MalformedEvent, refuseForged } from './malformed.ts'

/** A message that a broker gave to a consumer. */
export interface Message {
  /** Names it among those of the consumer. */
  readonly id: string
  /** What is on the bus: an event as JSON, if all is well. */
  readonly text: string
  /** How often it was given to consumers that did not finish it. */
  readonly tries: number
  /** Says that it is handled; tried again when it rejects. */
  acknowledge(): Promise<void>
  /** Moves it to the dead letters; tried again when it rejects. */
  bury(death: Death): Promise<void>
  /** Aborted when the broker will give it to somebody else, so that nothing more can be said of it. */
  readonly lost?: AbortSignal
}

export interface HandlingOptions {
  readonly subscription: Subscription
  /** Tries of one message before it goes to the dead letters. */
  readonly maxAttempts: number
  readonly log: Log
}

const MAX_RUNNING = 32
/** Failed ones wait among them for their next try, and hold up nobody until they are so many. */
const MAX_TAKEN = 512
const BACKOFF = { firstMs: 100, maxMs: 5000 }

/**
 * Handles the messages of one subscription, up to 32 at once, started in the order they came. A failed one is tried
 * again with back-off while others go on; what can't be handled is buried. Whatever the broker: it only gives messages
 * and takes their ends.
 */
export class Handling {
  readonly #options: HandlingOptions
  readonly #stop = new AbortController()
  readonly #taken = new Map<string, Promise<void>>()
  #running = 0
  #queue: (() => void)[] = []
  #freed = Promise.withResolvers<void>()

  constructor(options: HandlingOptions) {
    this.#options = options
  }

  /** How many more messages may be taken. */
  get room(): number {
    return Math.min(MAX_TAKEN - this.#taken.size, 2 * MAX_RUNNING - this.#running - this.#queue.length)
  }

  /** The ids of what is being handled or waits for its next try. */
  get ids(): string[] {
    return [...this.#taken.keys()]
  }

  /** Resolves when a message less is held, or the handling is closed. */
  whenFreed(): Promise<void> {
    return this.#stop.signal.aborted ? Promise.resolve() : this.#freed.promise
  }

  /** Takes a message; one that is held already is the same given twice. */
  take(message: Message): void {
    if (this.#stop.signal.aborted || this.#taken.has(message.id)) return
    const work = this.#settle(message).finally(() => {
      this.#taken.delete(message.id)
      this.#signal()
    })
    this.#taken.set(message.id, work)
  }

  /** Lets running handlers end; what waits is left to the broker. */
  async close(): Promise<void> {
    this.#stop.abort()
    this.#signal()
    await Promise.allSettled(this.#taken.values())
  }

  async #settle(message: Message): Promise<void> {
    const { subscription, maxAttempts, log } = this.#options
    for (let attempt = message.tries + 1, failures = message.tries; ; attempt++) {
      const outcome = await this.#inSlot(() => this.#handle(message))
      if (outcome === 'left') return
      if (outcome === 'handled') return void (await this.#insist(message, () => message.acknowledge()))
      const { error } = outcome
      // However long its datastore is away, an event does not die of that.
      if (!isDatastoreDown(error)) failures += 1
      const hopeless = error instanceof MalformedEvent || failures >= maxAttempts
      const { topic, group } = subscription
      const security = error instanceof ForgedEvent ? { security: 'event.forged' } : {}
      log.warn(
        { err: error, ...security, topic, group, messageId: message.id, attempt, hopeless },
        'an event could not be handled',
      )
      if (hopeless) {
        const death = deathOf(message.text, subscription, error, attempt)
        if (await this.#insist(message, () => message.bury(death))) subscription.buried?.()
        return
      }
      await pause(backoffMs(attempt, BACKOFF), this.#overFor(message))
    }
  }

  async #handle(message: Message): Promise<'left' | 'handled' | { error: unknown }> {
    if (this.#overFor(message).aborted) return 'left'
    const { subscription } = this.#options
    try {
      const event = parse(message.text)
      refuseForged(event, subscription.topic)
      if (subscription.types.includes(event.type)) await subscription.handle(event)
      return 'handled'
    } catch (error) {
      return { error }
    }
  }

  /** Tells the broker until it has heard, or as long as that makes sense. @returns whether it has */
  async #insist(message: Message, tell: () => Promise<void>): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      try {
        await tell()
        return true
      } catch (error) {
        const over = this.#overFor(message)
        if (over.aborted) return false
        this.#options.log.debug({ err: error, messageId: message.id }, 'the broker was not told; trying again')
        await pause(backoffMs(attempt, BACKOFF), over)
      }
    }
  }

  /** Runs work when one of the places for running handlers is free, first come first served. */
  async #inSlot<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= MAX_RUNNING) await new Promise<void>((next) => this.#queue.push(next))
    else this.#running += 1
    try {
      return await work()
    } finally {
      const next = this.#queue.shift()
      // The place goes from one to the next without becoming free.
      if (next) next()
      else this.#running -= 1
      this.#signal()
    }
  }

  #overFor({ lost }: Message): AbortSignal {
    return lost ? AbortSignal.any([this.#stop.signal, lost]) : this.#stop.signal
  }

  #signal(): void {
    this.#freed.resolve()
    this.#freed = Promise.withResolvers<void>()
  }
}

function parse(text: string): Event {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && 'type' in value) return value as Event
  } catch (cause) {
    throw new MalformedEvent('the message is not JSON', { cause })
  }
  throw new MalformedEvent('the message is not an event')
}

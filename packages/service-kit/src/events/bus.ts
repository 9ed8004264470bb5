import type { Event, EventType, Topic } from '@portico/contracts'

/**
 * The event bus as a port. A topic keeps the order in which it was published; every consumer group gets every event
 * at least once, a failed one again after a while, and after too many failures it goes to the group's dead letters.
 */
export interface EventBus {
  /** Resolves once the events are durable and every consumer's group exists. */
  publish(topic: Topic, events: readonly Event[]): Promise<void>
  /** Listens from where the group is; the broker may come later. */
  subscribe(subscription: Subscription): Promise<Closable>
  readonly deadLetters: DeadLetters
  /** Whether the broker answers. */
  ping(): Promise<void>
  close(): Promise<void>
}

export interface Subscription {
  readonly topic: Topic
  /** The consuming service: replicas of one service share a group. */
  readonly group: string
  readonly types: readonly EventType[]
  /** Rejecting means: not handled, give it again. */
  readonly handle: (event: Event) => Promise<void>
  /** Told when a message went to the dead letters. */
  readonly buried?: (() => void) | undefined
}

export interface Closable {
  close(): Promise<void>
}

/** What a group could not handle, until somebody replays or drops it. Safe to be used by several at once. */
export interface DeadLetters {
  /** A group's dead letters, oldest first. @param cursor the `nextCursor` of the page before */
  list(group: string, page: { readonly cursor?: string | undefined; readonly limit: number }): Promise<DeadLetterPage>
  get(id: string): Promise<DeadLetter | undefined>
  /**
   * Gives it to its group again, and to no other. @returns false where it is gone
   * @throws TooOldToReplay when the inbox may have forgotten it
   */
  replay(id: string): Promise<boolean>
  /** @returns false where it is gone */
  drop(id: string): Promise<boolean>
  count(group: string): Promise<number>
}

export interface DeadLetterPage {
  readonly items: readonly DeadLetter[]
  readonly nextCursor: string | null
}

export interface DeadLetter {
  /** Names it on the whole bus, its group included. */
  readonly id: string
  readonly group: string
  readonly topic: Topic
  /** The message as it was on the bus: an event as JSON, unless that was what was wrong. */
  readonly text: string
  readonly reason: string
  readonly attempts: number
  /** When it was given up, RFC 3339. */
  readonly at: string
}

/** What every adapter can be told; the defaults are for production. */
export interface BusOptions {
  /** Before every name on the broker; letters, digits and hyphens. Tests keep apart by it. */
  readonly prefix?: string
  /** How long a message may be with a consumer that says nothing before another gets it. */
  readonly takeOverAfterMs?: number
  /** Tries of one message before it goes to the dead letters. */
  readonly maxAttempts?: number
  /** How often what every group has acknowledged is dropped, where the broker does not do so by itself. */
  readonly trimEveryMs?: number
}

export const busDefaults = { prefix: 'portico', takeOverAfterMs: 10_000, maxAttempts: 50, trimEveryMs: 30_000 } as const

import type { Event, EventType, Topic } from '@portico/contracts'

/**
 * The event bus as a port. A topic keeps the order in which it was published; every consumer group gets every event
 * at least once, a failed one again after a while, and after too many failures it goes to the group's dead letters.
 */
export interface EventBus {
  /** Resolves once the events are durable and every consumer's group exists. */
  publish(topic: Topic, events: readonly Event[]): Promise<void>
  subscribe(subscription: Subscription): Promise<Closable>
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

import type { Event } from '@portico/contracts'

/** Where a service keeps events that were written together with their cause and are not yet on the bus. */
export interface Outbox {
  /**
   * Hands a batch of unpublished events, oldest first, to `publish`, and marks them published once it resolves: all
   * under a lock, so that one relay of all replicas works at a time. Answers how many there were; 0 also when another
   * replica holds the lock.
   */
  drain(limit: number, publish: (events: readonly Event[]) => Promise<void>): Promise<number>
  /** How many events wait, and since when the oldest (milliseconds since the epoch). */
  depth(): Promise<{ readonly waiting: number; readonly oldestAt: number | undefined }>
}

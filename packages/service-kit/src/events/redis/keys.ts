import type { Topic } from '@portico/contracts'

/** Where the bus is in its Redis, below a prefix that tests keep apart by. */
export interface BusKeys {
  readonly stream: (topic: Topic) => string
  /** What a group alone is given again: a stream with this one group. */
  readonly replays: (topic: Topic, group: string) => string
  readonly dead: (group: string) => string
}

export const busKeys = (prefix: string): BusKeys => ({
  stream: (topic) => `${prefix}:events:${topic}`,
  replays: (topic, group) => `${prefix}:replays:${topic}:${group}`,
  dead: (group) => `${prefix}:dead:${group}`,
})

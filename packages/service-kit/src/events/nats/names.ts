import type { Topic } from '@portico/contracts'

/** Streams and subjects of the bus on NATS, below a prefix that tests keep apart by. */
export const natsNames = (prefix: string) => ({
  stream: (topic: Topic) => `${prefix}-${topic}`,
  subject: (topic: Topic) => `${prefix}.events.${topic}`,
  /** What a group alone is given again: one stream for all, a subject each. */
  replays: `${prefix}-replays`,
  replaySubject: (topic: Topic | '*', group: string) => `${prefix}.replays.${topic}.${group}`,
  replayConsumer: (topic: Topic, group: string) => `${topic}-${group}`,
  dead: `${prefix}-dead`,
  deadSubject: (group: string) => `${prefix}.dead.${group}`,
})

export type NatsNames = ReturnType<typeof natsNames>

import type { Topic } from '@portico/contracts'

/** Exchanges and queues of the bus on RabbitMQ, below a prefix that tests keep apart by. */
export const rabbitNames = (prefix: string) => ({
  /** Gives what is published to every group's queue. */
  exchange: (topic: Topic) => `${prefix}.events.${topic}`,
  queue: (topic: Topic, group: string) => `${prefix}.events.${topic}.${group}`,
  dead: (group: string) => `${prefix}.dead.${group}`,
  lock: (group: string) => `${prefix}.dead.${group}.lock`,
})

export type RabbitNames = ReturnType<typeof rabbitNames>

import type { Topic } from '@portico/contracts'

/** Topics and consumer groups of the bus on Kafka, below a prefix that tests keep apart by. */
export const kafkaNames = (prefix: string) => ({
  topic: (topic: Topic) => `${prefix}.events.${topic}`,
  /** What was dead and is given to one group again. */
  replays: (topic: Topic, group: string) => `${prefix}.replays.${topic}.${group}`,
  group: (topic: Topic, group: string) => `${prefix}.${topic}.${group}`,
  dead: (group: string) => `${prefix}.dead.${group}`,
})

export type KafkaNames = ReturnType<typeof kafkaNames>

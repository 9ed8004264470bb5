import { metadataV9 } from '@platformatic/kafka'
import type { Log } from '../../log.ts'
import { type BusOptions, busDefaults, type EventBus } from '../bus.ts'
import { startKafkaConsumer } from './consumer.ts'
import { buryOnKafka, kafkaDeadLetters } from './dead-letters.ts'
import { KafkaLine } from './line.ts'
import { append } from './log.ts'
import { kafkaNames } from './names.ts'
import { KafkaRefusal } from './refusal.ts'
import { KafkaTopics } from './topics.ts'

/** Brokers take no shorter ones unless they are told to. */
const SESSION_MIN_MS = 6000

/**
 * The bus on Kafka: a topic of one partition, read by a consumer group a service, of which one replica reads and the
 * others stand by.
 */
export function connectKafka(url: string, log: Log, options: BusOptions = {}): EventBus {
  const { prefix, maxAttempts, takeOverAfterMs, trimEveryMs } = { ...busDefaults, ...options }
  const names = kafkaNames(prefix)
  const line = new KafkaLine(url, () => topics.forget())
  const topics = new KafkaTopics(line, names)
  const trimmedAt = new Map<string, number>()
  const deadLetters = kafkaDeadLetters(line, names, (group) => topics.ensureDead(group))

  return {
    async publish(topic, events) {
      if (events.length === 0) return
      await topics.ensure(topic)
      const records = events.map((event) => ({ key: event.id, text: JSON.stringify(event) }))
      await append(line, names.topic(topic), records).catch((error) => {
        if (KafkaRefusal.is(error, 'UNKNOWN_TOPIC_OR_PARTITION')) topics.forget()
        throw error
      })
      if (Date.now() - (trimmedAt.get(topic) ?? 0) < trimEveryMs) return
      trimmedAt.set(topic, Date.now())
      await topics.trim(topic).catch((error) => log.warn({ err: error, topic }, 'could not trim'))
    },
    async subscribe(subscription) {
      const { topic, group } = subscription
      const replays = names.replays(topic, group)
      return startKafkaConsumer({
        subscription,
        line,
        open: () => new KafkaLine(url),
        group: names.group(topic, group),
        topics: [names.topic(topic), replays],
        ensure: () => topics.ensure(topic),
        bury: async (death, from, offset) => {
          await topics.ensureDead(group)
          await buryOnKafka(line, names, death, `${topic}-${from === replays ? 'r' : ''}${offset}`)
        },
        sessionMs: Math.max(takeOverAfterMs, SESSION_MIN_MS),
        maxAttempts,
        log,
      })
    },
    deadLetters,
    async ping() {
      await line.any((connection) => metadataV9.api.async(connection, [], false))
    },
    close: () => line.close(),
  }
}

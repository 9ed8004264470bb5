import { subscribers, type Topic, topics } from '@portico/contracts'
import type { Channel } from 'amqplib'
import type { Log } from '../log.ts'
import { type BusOptions, busDefaults, type EventBus } from './bus.ts'
import { ANSWER_MS, confirmed, RabbitLine, type RabbitSession, within } from './rabbitmq-connection.ts'
import { startRabbitConsumer } from './rabbitmq-consumer.ts'
import { buryOnRabbit, rabbitDeadLetters } from './rabbitmq-dead-letters.ts'
import { rabbitNames } from './rabbitmq-names.ts'

/**
 * The bus on RabbitMQ: a fanout exchange a topic, a quorum queue a group. The broker gives what a consumer held to
 * others as soon as its connection ends, and drops what is acknowledged by itself.
 */
export function connectRabbitMq(url: string, log: Log, options: BusOptions = {}): EventBus {
  const { prefix, maxAttempts } = { ...busDefaults, ...options }
  const names = rabbitNames(prefix)
  const ready = new Map<Topic | 'dead', Promise<void>>()
  const line = new RabbitLine(url, log, () => ready.clear())

  const once = async (what: Topic | 'dead', make: (channel: Channel) => Promise<void>) => {
    const made = ready.get(what) ?? line.session().then((session) => making(session, make))
    ready.set(what, made)
    await made.catch((error) => {
      ready.delete(what)
      throw error
    })
  }
  const ensure = (topic: Topic) =>
    once(topic, async (channel) => {
      await channel.assertExchange(names.exchange(topic), 'fanout', { durable: true })
      for (const group of Object.keys(topics[topic].consumers)) {
        await channel.assertQueue(names.queue(topic, group), quorum)
        await channel.bindQueue(names.queue(topic, group), names.exchange(topic), '')
      }
    })
  const ensureDead = async (group: string) => {
    if (!subscribers.includes(group)) return false
    await once('dead', async (channel) => {
      for (const each of subscribers) await channel.assertQueue(names.dead(each), quorum)
    })
    return true
  }

  return {
    async publish(topic, events) {
      if (events.length === 0) return
      await ensure(topic)
      const session = await line.session()
      const put = ({ id, event }: { id: string; event: string }) =>
        confirmed(session, [names.exchange(topic), ''], event, { messageId: id })
      await Promise.all(events.map((event) => put({ id: event.id, event: JSON.stringify(event) })))
    },
    async subscribe(subscription) {
      const { topic, group } = subscription
      return startRabbitConsumer({
        subscription,
        line,
        queue: names.queue(topic, group),
        ensure: () => ensure(topic),
        bury: async (death) => {
          await ensureDead(group)
          await buryOnRabbit(line, names, death)
        },
        maxAttempts,
        log,
      })
    },
    deadLetters: rabbitDeadLetters(line, names, ensureDead),
    async ping() {
      const { connection } = await line.session()
      const channel = await within(ANSWER_MS, connection.createChannel())
      await within(ANSWER_MS, channel.close())
    },
    close: () => line.close(),
  }
}

/**
 * Durable on a majority. A message that was given back too often would be dropped: after 20 times from RabbitMQ 4 on, so
 * it must be said how often. No limit is -1 there, but at 3.10 that drops it the first time.
 */
const quorum = { durable: true, arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 2_000_000_000 } }

/** Makes things on a channel of their own, since a refusal ends it. */
async function making({ connection }: RabbitSession, make: (channel: Channel) => Promise<void>): Promise<void> {
  const channel = await within(ANSWER_MS, connection.createChannel())
  channel.on('error', () => undefined)
  try {
    await within(ANSWER_MS, make(channel))
  } finally {
    await within(ANSWER_MS, channel.close()).catch(() => undefined)
  }
}

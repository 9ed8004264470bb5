import { subscribers, type Topic, topics } from '@portico/contracts'
import type { Log } from '../../log.ts'
import { within } from '../../within.ts'
import { type BusOptions, busDefaults, type EventBus } from '../bus.ts'
import { ANSWER_MS, confirmed, RabbitLine, type RabbitSession } from './connection.ts'
import { startRabbitConsumer } from './consumer.ts'
import { buryOnRabbit, rabbitDeadLetters } from './dead-letters.ts'
import { rabbitNames } from './names.ts'
import { makeQueues, making } from './queues.ts'

/**
 * The bus on RabbitMQ: a fanout exchange a topic, a quorum queue a group. The broker gives what a consumer held to
 * others as soon as its connection ends, and drops what is acknowledged by itself.
 */
export function connectRabbitMq(url: string, log: Log, options: BusOptions = {}): EventBus {
  const { prefix, maxAttempts } = { ...busDefaults, ...options }
  const names = rabbitNames(prefix)
  const ready = new Map<Topic | 'dead', Promise<void>>()
  const line = new RabbitLine(url, log, () => ready.clear())

  const once = async (what: Topic | 'dead', make: (session: RabbitSession) => Promise<void>) => {
    const made = ready.get(what) ?? line.session().then(make)
    ready.set(what, made)
    await made.catch((error) => {
      if (ready.get(what) === made) ready.delete(what)
      throw error
    })
  }
  const ensure = (topic: Topic) =>
    once(topic, async (session) => {
      const queues = Object.keys(topics[topic].consumers).map((group) => names.queue(topic, group))
      await makeQueues(session, queues)
      await making(session, async (channel) => {
        await channel.assertExchange(names.exchange(topic), 'fanout', { durable: true })
        for (const queue of queues) await channel.bindQueue(queue, names.exchange(topic), '')
      })
    })
  const ensureDead = async (group: string) => {
    if (!subscribers.includes(group)) return false
    await once('dead', (session) => makeQueues(session, subscribers.map(names.dead)))
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

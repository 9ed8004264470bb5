import { topics } from '@portico/contracts'
import { type Channel, type ChannelModel, connect, type GetMessage } from 'amqplib'
import type { BusEvidence } from './bus.ts'

const exchangeOf = (topic: string) => `portico.events.${topic}`
const queueOf = (topic: string, service: string) => `portico.events.${topic}.${service}`
const deadQueueOf = (service: string) => `portico.dead.${service}`
/** What is acknowledged is gone from the broker, so the injector hears what is published in a queue of its own. */
const copiesOf = (topic: string) => `faults.copies.${topic}`
const MOST_COPIES = 200

/**
 * RabbitMQ. AMQP tells how many messages wait in a queue, not how many a consumer has taken and not yet acknowledged:
 * those are seen by what they leave undone.
 */
export const rabbitBus: BusEvidence = {
  hasSteps: false,
  begin: (url) =>
    using(url, async (connection) => {
      const channel = await connection.createChannel()
      for (const topic of Object.keys(topics)) {
        await channel.assertExchange(exchangeOf(topic), 'fanout', { durable: true })
        await channel.assertQueue(copiesOf(topic), { durable: true, maxLength: MOST_COPIES })
        await channel.bindQueue(copiesOf(topic), exchangeOf(topic), '')
      }
    }),
  unfinished: (url) =>
    using(url, async (connection) => {
      const waiting = await Promise.all(
        Object.entries(topics).flatMap(([topic, { consumers }]) =>
          Object.keys(consumers).map((service) => undelivered(connection, topic, service)),
        ),
      )
      const services = [...new Set(Object.values(topics).flatMap(({ consumers }) => Object.keys(consumers)))]
      const dead = await Promise.all(services.map((service) => givenUp(connection, service)))
      return [...waiting.flat(), ...dead.flat()]
    }),
  duplicate: (url, count) =>
    using(url, async (connection) => {
      let published = 0
      for (const topic of Object.keys(topics)) published += await duplicateTopic(connection, topic, count)
      return published
    }),
}

async function using<T>(url: string, work: (connection: ChannelModel) => Promise<T>): Promise<T> {
  const connection = await connect(url, { timeout: 3000 })
  const broken = Promise.withResolvers<never>()
  connection.on('error', broken.reject)
  connection.on('close', () => broken.reject(new Error('the connection ended')))
  broken.promise.catch(() => undefined)
  try {
    return await Promise.race([work(connection), broken.promise])
  } finally {
    connection.close().catch(() => undefined)
  }
}

/** A channel that a refusal may end. */
async function newChannel(connection: ChannelModel): Promise<Channel> {
  const channel = await connection.createChannel()
  channel.on('error', () => undefined)
  return channel
}

async function undelivered(connection: ChannelModel, topic: string, service: string): Promise<string[]> {
  const channel = await newChannel(connection)
  const { messageCount } = await channel.checkQueue(queueOf(topic, service))
  return messageCount > 0 ? [`${messageCount} events of topic ${topic} are undelivered to ${service}`] : []
}

/** The queue of dead letters is made for the first of them. */
async function givenUp(connection: ChannelModel, service: string): Promise<string[]> {
  const channel = await newChannel(connection)
  const found = await channel.checkQueue(deadQueueOf(service)).catch((error) => {
    if (error.code === 404) return undefined
    throw error
  })
  if (!found?.messageCount) return []
  const letter = await channel.get(deadQueueOf(service))
  // What is taken without an acknowledgement goes back when its channel ends.
  await channel.close()
  const why = letter ? `${letter.properties.headers?.reason} ${letter.content.toString().slice(0, 400)}` : ''
  return [`${service} gave up ${found.messageCount} events, the first because: ${why}`]
}

async function duplicateTopic(connection: ChannelModel, topic: string, count: number): Promise<number> {
  const channel = await connection.createConfirmChannel()
  channel.on('error', () => undefined)
  const copies: GetMessage[] = []
  while (copies.length < count) {
    const copy = await channel.get(copiesOf(topic))
    if (!copy) break
    copies.push(copy)
  }
  for (const { content, properties } of copies)
    channel.publish(exchangeOf(topic), '', content, { persistent: true, messageId: properties.messageId })
  await channel.waitForConfirms()
  for (const copy of copies) channel.ack(copy)
  await channel.close()
  return copies.length
}

import type { Channel, ConsumeMessage } from 'amqplib'
import type { Log } from '../../log.ts'
import { backoffMs, pause } from '../../retry.ts'
import { within } from '../../within.ts'
import type { Closable, Subscription } from '../bus.ts'
import type { Death } from '../dead-letters.ts'
import { Handling } from '../handling.ts'
import { ANSWER_MS, type RabbitLine } from './connection.ts'

interface ConsumerOptions {
  readonly subscription: Subscription
  readonly line: RabbitLine
  readonly queue: string
  /** Makes exchange and queues where they are not there yet. */
  readonly ensure: () => Promise<void>
  readonly bury: (death: Death) => Promise<void>
  readonly maxAttempts: number
  readonly log: Log
}

/** As many as are handled and wait for their next try together. */
const PREFETCH = 512
const BROKER_BACKOFF = { firstMs: 50, maxMs: 1000 }

/** Takes one group's messages of a topic, until it is closed. What it has not finished the broker gives to others then. */
export function startRabbitConsumer(options: ConsumerOptions): Closable {
  const { subscription, line, log } = options
  const stop = new AbortController()
  const handling = new Handling(options)
  let channels = 0

  const take = (channel: Channel, message: ConsumeMessage, lost: AbortSignal, number: number) => {
    const { deliveryTag } = message.fields
    const acknowledge = async () => {
      if (!lost.aborted) channel.ack(message)
    }
    handling.take({
      id: `${number} ${deliveryTag}`,
      text: message.content.toString(),
      tries: Number(message.properties.headers?.['x-delivery-count'] ?? 0),
      lost,
      acknowledge,
      bury: async (death) => {
        await options.bury(death)
        await acknowledge()
      },
    })
  }

  /** Consumes on a channel of its own until that ends. */
  const consume = async () => {
    await options.ensure()
    const { connection, ended } = await line.session()
    const channel = await within(ANSWER_MS, connection.createChannel())
    const over = new AbortController()
    const finish = () => over.abort()
    channel.on('error', finish)
    channel.on('close', finish)
    ended.addEventListener('abort', finish, { once: true })
    if (ended.aborted) finish()
    const number = ++channels
    try {
      await within(ANSWER_MS, channel.prefetch(PREFETCH))
      const { consumerTag } = await within(
        ANSWER_MS,
        channel.consume(options.queue, (message) => {
          // No message means that the queue is gone.
          if (message) take(channel, message, over.signal, number)
          else finish()
        }),
      )
      await aborted(AbortSignal.any([over.signal, stop.signal]))
      if (over.signal.aborted) throw new Error('the channel ended')
      await within(ANSWER_MS, channel.cancel(consumerTag))
      await handling.close()
    } finally {
      ended.removeEventListener('abort', finish)
      // An acknowledgement goes before the end of its channel; the rest goes back into the queue.
      await within(ANSWER_MS, channel.close()).catch(() => undefined)
    }
  }

  const loop = async () => {
    for (let failures = 1; !stop.signal.aborted; failures++) {
      const since = Date.now()
      try {
        await consume()
      } catch (error) {
        if (stop.signal.aborted) break
        if (Date.now() - since > 5000) failures = 1
        log.warn({ err: error, queue: options.queue }, 'the event bus could not be read; trying again')
        await pause(backoffMs(failures, BROKER_BACKOFF), stop.signal)
      }
    }
    await handling.close()
  }
  const done = loop()
  log.debug({ topic: subscription.topic, group: subscription.group }, 'listening')
  return {
    async close() {
      stop.abort()
      await done
    },
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

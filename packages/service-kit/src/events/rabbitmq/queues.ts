import type { Channel } from 'amqplib'
import { pause } from '../../retry.ts'
import { within } from '../../within.ts'
import { ANSWER_MS, type RabbitSession } from './connection.ts'
import { lock } from './lock.ts'

/**
 * RabbitMQ (Ra's `names.dets`) has the name of a new quorum queue on disk a second after it says that it is there; seen
 * were 1.0 to 1.1 s. This much is waited.
 */
const SETTLE_MS = 3000
/** A queue without a leader is deleted by force, after 5 seconds. */
const DELETE_MS = 20_000

/**
 * Durable on a majority. A message that was given back too often would be dropped: after 20 times from RabbitMQ 4 on, so
 * it must be said how often. No limit is -1 there, but at 3.10 that drops it the first time.
 */
const quorum = { durable: true, arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 2_000_000_000 } }

/** Says that a queue is settled. It routes nothing: a durable exchange is the one lasting note that AMQP knows. */
const note = (queue: string) => `${queue}.settled`

/**
 * Makes quorum queues that outlive the broker. One that is killed before it has a queue's name on disk comes back with
 * the queue empty and without a leader for ever, whatever it confirmed. So nobody may use a queue before it is settled:
 * that is waited for, once, and noted; what a kill left of one without the note is empty, and made anew.
 */
export async function makeQueues(session: RabbitSession, queues: readonly string[]): Promise<void> {
  if (!(await areSettled(session, queues))) {
    const unlock = await lock(session, `${queues[0]}.settling`)
    try {
      await settle(session, queues)
    } finally {
      await unlock()
    }
  }
  await making(session, async (channel) => {
    for (const queue of queues) await channel.assertQueue(queue, quorum)
  })
}

async function settle(session: RabbitSession, queues: readonly string[]): Promise<void> {
  const fresh: string[] = []
  for (const queue of queues) if (!(await areSettled(session, [queue]))) fresh.push(queue)
  if (fresh.length === 0) return
  await Promise.all(fresh.map((queue) => remake(session, queue)))
  await pause(SETTLE_MS, session.ended)
  session.ended.throwIfAborted()
  await making(session, async (channel) => {
    for (const queue of fresh) await channel.assertExchange(note(queue), 'fanout', { durable: true })
  })
}

const remake = (session: RabbitSession, queue: string): Promise<void> =>
  making(
    session,
    async (channel) => {
      const { messageCount, consumerCount } = await channel.assertQueue(queue, quorum)
      // One that is in use was made by a release that took no notes.
      if (messageCount + consumerCount > 0) return
      await channel.deleteQueue(queue)
      await channel.assertQueue(queue, quorum)
    },
    DELETE_MS,
  )

async function areSettled(session: RabbitSession, queues: readonly string[]): Promise<boolean> {
  try {
    await making(session, async (channel) => {
      for (const queue of queues) await channel.checkExchange(note(queue))
    })
    return true
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}

const isNotFound = (error: unknown) => error instanceof Error && 'code' in error && error.code === 404

/** Makes things on a channel of their own, since a refusal ends it. */
export async function making(
  { connection }: RabbitSession,
  make: (channel: Channel) => Promise<void>,
  patienceMs = ANSWER_MS,
): Promise<void> {
  const channel = await within(ANSWER_MS, connection.createChannel())
  channel.on('error', () => undefined)
  try {
    await within(patienceMs, make(channel))
  } finally {
    await within(ANSWER_MS, channel.close()).catch(() => undefined)
  }
}

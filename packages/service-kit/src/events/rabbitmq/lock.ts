import { pause } from '../../retry.ts'
import { within } from '../../within.ts'
import { ANSWER_MS, type RabbitSession } from './connection.ts'

const PATIENCE_MS = 10_000
const LOOK_MS = 50

/**
 * An exclusive queue is one connection's alone and goes with it: a lock, which a connection has as a whole.
 *
 * @returns how to let go of it
 * @throws Error when another connection keeps it
 */
export async function lock(session: RabbitSession, name: string): Promise<() => Promise<void>> {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const channel = await within(ANSWER_MS, session.connection.createChannel())
    channel.on('error', () => undefined)
    try {
      await within(ANSWER_MS, channel.assertQueue(name, { exclusive: true, durable: false }))
      return async () => {
        await within(ANSWER_MS, channel.deleteQueue(name)).catch(() => undefined)
        await within(ANSWER_MS, channel.close()).catch(() => undefined)
      }
    } catch (error) {
      if (Date.now() > deadline) throw error
      await pause(LOOK_MS)
    }
  }
}

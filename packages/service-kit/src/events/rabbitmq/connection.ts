import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib'
import type { Log } from '../../log.ts'
import { within } from '../../within.ts'

/** A line can die without a word: without a heartbeat for twice as long it is given up for a new one. */
const HEARTBEAT_SECONDS = 2
const CONNECT_MS = 3000
/** How long a publish or a question may take. */
export const ANSWER_MS = 5000

export interface RabbitSession {
  readonly connection: ChannelModel
  /** For publishing: the broker says of each message that it is durable. */
  readonly channel: ConfirmChannel
  /** Aborted when the connection or the channel ended. */
  readonly ended: AbortSignal
  /** Ends it, so that the next that is asked for is a new one. */
  giveUp(reason: Error): void
}

/** One connection, made when it is first asked for, and again when it is asked for after it broke. */
export class RabbitLine {
  readonly #url: string
  readonly #log: Log
  readonly #onBreak: () => void
  #session: Promise<RabbitSession> | undefined
  #closed = false

  /** @param onBreak told when the connection broke, since the broker may come back without its data */
  constructor(url: string, log: Log, onBreak: () => void) {
    const address = new URL(url)
    address.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS))
    this.#url = address.href
    this.#log = log
    this.#onBreak = onBreak
  }

  /** @throws Error when the broker can't be reached now */
  session(): Promise<RabbitSession> {
    if (this.#closed) return Promise.reject(new Error('the bus is closed'))
    if (this.#session) return this.#session
    const session = this.#open(() => this.#leave(session))
    this.#session = session
    session.catch(() => this.#leave(session))
    return session
  }

  async close(): Promise<void> {
    this.#closed = true
    const session = await this.#session?.catch(() => undefined)
    if (session) await within(ANSWER_MS, session.connection.close()).catch(() => undefined)
  }

  /** The end of an old connection may be heard when there is a newer one, which is kept. */
  #leave(session: Promise<RabbitSession>): void {
    if (this.#session === session) this.#session = undefined
  }

  async #open(leave: () => void): Promise<RabbitSession> {
    const connection = await openConnection(this.#url)
    const ended = new AbortController()
    const over = (error?: unknown) => {
      if (ended.signal.aborted) return
      this.#log.debug({ err: error }, 'event bus connection')
      ended.abort()
      leave()
      this.#onBreak()
    }
    connection.on('error', over)
    connection.on('close', over)
    const channel = await within(ANSWER_MS, connection.createConfirmChannel())
    channel.on('error', over)
    channel.on('close', () => {
      over()
      // A channel that an error ended takes its connection along: everything is made anew.
      connection.close().catch(() => undefined)
    })
    const giveUp = (reason: Error) => {
      over(reason)
      connection.close().catch(() => undefined)
    }
    return { connection, channel, ended: ended.signal, giveUp }
  }
}

/** Connects; a broker that is just starting may take a connection and say nothing. */
export async function openConnection(url: string): Promise<ChannelModel> {
  // A small frame that waits for the answer to the one before it would wait 40 ms.
  const opening = connect(url, { timeout: CONNECT_MS, noDelay: true })
  try {
    return await within(ANSWER_MS, opening)
  } catch (error) {
    // One that comes too late is not kept.
    opening.then((late) => late.close()).catch(() => undefined)
    throw error
  }
}

/**
 * Puts a message into an exchange, or a queue under the exchange ''. Resolves when the broker has it durably. A session
 * that does not confirm in time is given up for a new one.
 */
export async function confirmed(
  session: RabbitSession,
  [exchange, key]: readonly [string, string],
  text: string,
  properties: { messageId?: string; headers?: Record<string, unknown> } = {},
): Promise<void> {
  const { channel, ended } = session
  const over = Promise.withResolvers<never>()
  const abort = () => over.reject(new Error('the connection ended'))
  ended.addEventListener('abort', abort, { once: true })
  const published = new Promise<void>((resolve, reject) => {
    const options = { ...properties, persistent: true, contentType: 'application/json' }
    channel.publish(exchange, key, Buffer.from(text), options, (error) => (error ? reject(error) : resolve()))
  })
  try {
    await within(ANSWER_MS, Promise.race([published, over.promise]))
  } catch (error) {
    session.giveUp(error as Error)
    throw error
  } finally {
    ended.removeEventListener('abort', abort)
  }
}

import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import type { Log } from '../../log.ts'

export interface NatsSession {
  readonly connection: NatsConnection
  readonly jetstream: JetStreamClient
  readonly manager: JetStreamManager
}

/** A line can die without a word: without an answer to two pings it is given up for a new one. */
const PING_MS = 1500
const RECONNECT_MS = 200
/** How long a publish or a question may take. */
export const ANSWER_MS = 4000

/** One connection, made when it is first asked for, and again by itself when it breaks. */
export class NatsLine {
  readonly #url: URL
  readonly #log: Log
  readonly #onBreak: () => void
  #session: Promise<NatsSession> | undefined
  #closed = false

  /** @param onBreak told when the connection broke, since the broker may come back without its data */
  constructor(url: string, log: Log, onBreak: () => void) {
    this.#url = new URL(url)
    this.#log = log
    this.#onBreak = onBreak
  }

  /** @throws Error when the broker can't be reached now */
  session(): Promise<NatsSession> {
    if (this.#closed) return Promise.reject(new Error('the bus is closed'))
    this.#session ??= this.#open().catch((error) => {
      this.#session = undefined
      throw error
    })
    return this.#session
  }

  async close(): Promise<void> {
    this.#closed = true
    const session = await this.#session?.catch(() => undefined)
    await session?.connection.close()
  }

  async #open(): Promise<NatsSession> {
    const { hostname, port, username, password } = this.#url
    const connection = await connect({
      servers: `${hostname}:${port || 4222}`,
      ...(username && { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
      name: 'portico',
      timeout: 2000,
      maxReconnectAttempts: -1,
      reconnectTimeWait: RECONNECT_MS,
      pingInterval: PING_MS,
      maxPingOut: 2,
      ignoreClusterUpdates: false,
    })
    void this.#watch(connection)
    return {
      connection,
      jetstream: jetstream(connection, { timeout: ANSWER_MS }),
      manager: await jetstreamManager(connection, { timeout: ANSWER_MS, checkAPI: false }),
    }
  }

  async #watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      this.#log.debug({ status: status.type }, 'event bus connection')
      if (status.type === 'disconnect') this.#onBreak()
    }
    this.#session = undefined
  }
}

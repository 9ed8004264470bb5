import {
  type Broker,
  Connection,
  type ConnectionOptions,
  findCoordinatorV4,
  metadataV9,
  ResponseError,
} from '@platformatic/kafka'
import { within } from '../../within.ts'
import { brokersOf, CONNECT_MS, optionsOf } from './address.ts'
import { KafkaRefusal } from './refusal.ts'

/** How long an answer may take. */
export const ANSWER_MS = 5000
const GROUP = 0

export type Ask<T> = (connection: Connection) => Promise<T>

/**
 * Connections to the brokers of a cluster, made when they are asked for and again after they broke. A broker answers one
 * connection's questions one after the other: what waits for something needs a line of its own.
 */
export class KafkaLine {
  readonly #brokers: readonly Broker[]
  readonly #options: ConnectionOptions
  readonly #onBreak: () => void
  readonly #connections = new Map<string, Promise<Connection>>()
  /** Which broker leads a topic or coordinates a group, until it says that it does not. */
  readonly #heads = new Map<string, Broker>()
  #closed = false

  /** @param onBreak told when a connection broke, since the broker may come back without its data */
  constructor(url: string, onBreak: () => void = () => undefined) {
    this.#brokers = brokersOf(new URL(url))
    this.#options = optionsOf(new URL(url))
    this.#onBreak = onBreak
  }

  /** Asks whichever broker can be reached. */
  async any<T>(ask: Ask<T>): Promise<T> {
    return this.#ask(await this.#near(), ask)
  }

  /** Asks the broker that leads a topic, which has one partition. */
  leader<T>(topic: string, ask: Ask<T>, ms = ANSWER_MS): Promise<T> {
    return this.#head(`topic ${topic}`, () => this.#findLeader(topic), [ask, ms])
  }

  /** Asks the broker that coordinates a consumer group. */
  coordinator<T>(group: string, ask: Ask<T>, ms = ANSWER_MS): Promise<T> {
    return this.#head(`group ${group}`, () => this.#findCoordinator(group), [ask, ms])
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#connections.values()].map((each) => each.then(end, () => undefined)))
  }

  async #head<T>(name: string, find: () => Promise<Broker>, [ask, ms]: [Ask<T>, number]): Promise<T> {
    const broker = this.#heads.get(name) ?? (await find())
    this.#heads.set(name, broker)
    try {
      return await this.#ask(broker, ask, ms)
    } catch (error) {
      this.#heads.delete(name)
      throw error
    }
  }

  async #findLeader(topic: string): Promise<Broker> {
    const near = await this.#near()
    const metadata = await this.#ask(near, (connection) => metadataV9.api.async(connection, [topic], false))
    return brokerOf(metadata, metadata.topics[0]?.partitions[0]?.leaderId, near)
  }

  async #findCoordinator(group: string): Promise<Broker> {
    const near = await this.#near()
    const metadata = await this.#ask(near, (connection) => metadataV9.api.async(connection, [], false))
    const { coordinators } = await this.#ask(near, (connection) =>
      findCoordinatorV4.api.async(connection, GROUP, [group]),
    )
    return brokerOf(metadata, coordinators[0]?.nodeId, near)
  }

  /** The first of the known brokers that can be reached. */
  async #near(): Promise<Broker> {
    let reason: unknown
    for (const broker of this.#brokers) {
      try {
        await this.#connection(broker)
        return broker
      } catch (error) {
        reason = error
      }
    }
    throw reason
  }

  /** A connection that does not answer in time, or breaks, is given up for a new one. */
  async #ask<T>(broker: Broker, ask: Ask<T>, ms = ANSWER_MS): Promise<T> {
    const connection = await this.#connection(broker)
    try {
      return await within(ms, ask(connection))
    } catch (error) {
      if (error instanceof ResponseError) throw new KafkaRefusal(error)
      void end(connection)
      throw error
    }
  }

  #connection(broker: Broker): Promise<Connection> {
    if (this.#closed) return Promise.reject(new Error('the bus is closed'))
    const name = `${broker.host}:${broker.port}`
    const known = this.#connections.get(name)
    if (known) return known
    const over = () => {
      if (this.#connections.get(name) !== opening) return
      this.#connections.delete(name)
      this.#onBreak()
    }
    const opening = Promise.resolve().then(() => this.#open(broker, over))
    this.#connections.set(name, opening)
    return opening
  }

  async #open({ host, port }: Broker, over: () => void): Promise<Connection> {
    const connection = new Connection('portico', this.#options)
    for (const event of ['error', 'close', 'closing'] as const) connection.on(event, over)
    try {
      await within(CONNECT_MS, Promise.resolve(connection.connect(host, port)))
      return connection
    } catch (error) {
      over()
      void end(connection)
      throw error
    }
  }
}

async function end(connection: Connection): Promise<void> {
  await connection.close().catch(() => undefined)
}

/** A cluster of one is where it was reached, whatever it advertises: behind a tunnel that is the only way. */
function brokerOf({ brokers }: metadataV9.MetadataResponse, id: number | undefined, near: Broker): Broker {
  const found = brokers.find(({ nodeId }) => nodeId === id)
  if (!found) throw new Error('no broker is responsible now')
  return brokers.length === 1 ? near : { host: found.host, port: found.port }
}

import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { grouped } from '../../grouped.ts'
import type { Log } from '../../log.ts'
import { backoffMs, pause } from '../../retry.ts'
import type { Closable, Subscription } from '../bus.ts'
import type { Death } from '../dead-letters.ts'
import { Handling, type Message } from '../handling.ts'
import type { BusKeys } from './keys.ts'

interface ConsumerOptions {
  readonly keys: BusKeys
  readonly subscription: Subscription
  readonly open: () => Redis
  readonly ensureGroup: (redis: Redis, stream: string, group: string) => Promise<void>
  readonly takeOverAfterMs: number
  readonly maxAttempts: number
  readonly log: Log
}

type Entry = readonly [id: string, fields: readonly string[] | null]

const BLOCK_MS = 1000
const BROKER_BACKOFF = { firstMs: 50, maxMs: 1000 }

/** Reads one group's messages of a topic, and those that are replayed for it, until it is closed. */
export function startRedisConsumer(options: ConsumerOptions): Closable {
  const consumer = new RedisConsumer(options)
  return { close: () => consumer.close() }
}

class RedisConsumer {
  readonly #options: ConsumerOptions
  readonly #name: string
  /** The topic's own, and what is replayed for this group alone. */
  readonly #streams: readonly [topic: string, replays: string]
  /** Reads block, so everything else goes over a connection of its own. */
  readonly #reader: Redis
  readonly #writer: Redis
  readonly #handling: Handling
  /** Acknowledges messages of the topic's stream: those that end at about the same time in one command. */
  readonly #acknowledge: (id: string) => Promise<void>
  readonly #stop = new AbortController()
  readonly #done: Promise<void>

  constructor(options: ConsumerOptions) {
    const { keys, subscription } = options
    const { topic, group } = subscription
    this.#options = options
    this.#name = `${group}-${randomUUID()}`
    this.#streams = [keys.stream(topic), keys.replays(topic, group)]
    this.#reader = options.open()
    this.#writer = options.open()
    this.#handling = new Handling(options)
    this.#acknowledge = grouped(async (ids) => {
      await this.#writer.xack(this.#streams[0], group, ...ids)
      return ids.map(() => undefined)
    })
    this.#done = this.#loop()
  }

  async close(): Promise<void> {
    this.#stop.abort()
    this.#reader.disconnect()
    await this.#handling.close()
    await this.#done
    for (const stream of this.#streams) await this.#leave(stream).catch(() => undefined)
    this.#writer.disconnect()
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stop
    let failures = 0
    let tendAt = 0
    while (!signal.aborted) {
      try {
        if (Date.now() >= tendAt) {
          await this.#tend()
          tendAt = Date.now() + this.#options.takeOverAfterMs / 3
        }
        if (this.#handling.room > 0) await this.#read(this.#handling.room)
        else await Promise.race([this.#handling.whenFreed(), pause(BLOCK_MS, signal)])
        failures = 0
      } catch (error) {
        if (signal.aborted) return
        failures += 1
        tendAt = 0
        this.#options.log.warn({ err: error, failures }, 'the event bus could not be read; trying again')
        await pause(backoffMs(failures, BROKER_BACKOFF), signal)
      }
    }
  }

  /** Makes the groups, keeps one's own messages from being claimed by others, and claims what dead replicas left. */
  async #tend(): Promise<void> {
    const { subscription, ensureGroup, takeOverAfterMs } = this.#options
    const { group } = subscription
    for (const stream of this.#streams) {
      await ensureGroup(this.#writer, stream, group)
      const own = this.#idsIn(stream)
      if (own.length > 0) await this.#writer.xclaim(stream, group, this.#name, 0, ...own, 'JUSTID')
      const room = Math.max(this.#handling.room, 0)
      if (room === 0) continue
      const answer = await this.#writer.xautoclaim(stream, group, this.#name, takeOverAfterMs, '0', 'COUNT', room)
      for (const entry of answer[1] as Entry[]) this.#take(stream, entry, await this.#triesOf(stream, entry[0]))
    }
  }

  async #read(count: number): Promise<void> {
    const { group } = this.#options.subscription
    const [topic, replays] = this.#streams
    const answer = (await this.#reader.xreadgroup(
      'GROUP',
      group,
      this.#name,
      'COUNT',
      count,
      'BLOCK',
      BLOCK_MS,
      'STREAMS',
      topic,
      replays,
      '>',
      '>',
    )) as [string, Entry[]][] | null
    for (const [stream, entries] of answer ?? []) for (const entry of entries) this.#take(stream, entry, 0)
  }

  #take(stream: string, [id, fields]: Entry, tries: number): void {
    const { group } = this.#options.subscription
    const text = fields?.[fields.indexOf('event') + 1] ?? ''
    const ofTopic = stream === this.#streams[0]
    const end = () => {
      const ending = this.#writer.multi().xack(stream, group, id)
      return ofTopic ? ending : ending.xdel(stream, id)
    }
    const message: Message = {
      id: `${stream} ${id}`,
      text,
      tries,
      acknowledge: () => (ofTopic ? this.#acknowledge(id) : succeed(end())),
      bury: (death) => succeed(end().xadd(this.#options.keys.dead(group), '*', ...fieldsOf(death))),
    }
    this.#handling.take(message)
  }

  /** A claimed message was given to others before; if it killed them, it must not do so for ever. */
  async #triesOf(stream: string, id: string): Promise<number> {
    const { group } = this.#options.subscription
    const [pending] = (await this.#writer.xpending(stream, group, id, id, 1)) as [string, string, number, number][]
    return Math.max((pending?.[3] ?? 1) - 1, 0)
  }

  #idsIn(stream: string): string[] {
    return this.#handling.ids.flatMap((name) => (name.startsWith(`${stream} `) ? [name.slice(stream.length + 1)] : []))
  }

  /** A consumer that holds nothing is taken out, so that restarts don't pile them up. */
  async #leave(stream: string): Promise<void> {
    const { group } = this.#options.subscription
    const pending = (await this.#writer.xpending(stream, group, '-', '+', 1, this.#name)) as unknown[]
    if (pending.length === 0) await this.#writer.xgroup('DELCONSUMER', stream, group, this.#name)
  }
}

function fieldsOf({ topic, text, reason, attempts, at }: Death): string[] {
  return ['event', text, 'topic', topic, 'reason', reason, 'attempts', String(attempts), 'at', at]
}

/** Runs a transaction. @throws the first error in it */
async function succeed(transaction: { exec(): Promise<[Error | null, unknown][] | null> }): Promise<void> {
  const replies = await transaction.exec()
  if (!replies) throw new Error('the transaction was not run')
  for (const [error] of replies) if (error) throw error
}

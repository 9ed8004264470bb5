import type { Log } from '../../log.ts'
import { backoffMs, pause } from '../../retry.ts'
import type { Death } from '../dead-letters.ts'
import type { Handling } from '../handling.ts'
import type { KafkaMember } from './group.ts'
import type { KafkaLine } from './line.ts'
import { bounds, committed, type KafkaRecord, read } from './log.ts'
import { KafkaRefusal } from './refusal.ts'
import { KafkaWindow } from './window.ts'

export interface ReadingOptions {
  readonly line: KafkaLine
  /** A line of its own for each topic, since reading waits. */
  readonly open: () => KafkaLine
  readonly group: string
  readonly topics: readonly string[]
  readonly member: Pick<KafkaMember, 'commit'>
  readonly handling: Handling
  /** Puts a message into the dead letters, named by its topic and offset. */
  readonly bury: (death: Death, topic: string, offset: bigint) => Promise<void>
  readonly log: Log
}

const WAIT_MS = 1000
const BROKER_BACKOFF = { firstMs: 50, maxMs: 1000 }
let readings = 0

/** Reads a group's topics for as long as its member leads, and keeps how far it is. */
export class KafkaReading {
  readonly #options: ReadingOptions
  /** Names its messages apart from those of a reading before that are still being handled. */
  readonly #number = ++readings
  readonly #windows = new Map<string, KafkaWindow>()
  readonly #lines: readonly KafkaLine[]
  /** Ends the reading; what was read may go on. */
  readonly #stop = new AbortController()
  /** Another may have been given what was read. */
  readonly #lost = new AbortController()
  readonly #done: Promise<unknown>
  #committing: Promise<void> = Promise.resolve()
  #nextCommit: Promise<void> | undefined

  constructor(options: ReadingOptions) {
    this.#options = options
    this.#lines = options.topics.map(() => options.open())
    this.#done = Promise.all(options.topics.map((topic, index) => this.#loop(topic, this.#lines[index] as KafkaLine)))
  }

  /** Reads no more; what was read can still be finished. */
  async stop(): Promise<void> {
    this.#stop.abort()
    // It may be waiting for something to come.
    await Promise.all(this.#lines.map((line) => line.close()))
    await this.#done
  }

  /** Reads no more and finishes nothing: another leads the group. */
  async lose(): Promise<void> {
    this.#lost.abort()
    await this.stop()
  }

  async #loop(topic: string, line: KafkaLine): Promise<void> {
    const { signal } = this.#stop
    for (let failures = 0; !signal.aborted; ) {
      try {
        const window = this.#windows.get(topic) ?? (await this.#find(topic))
        this.#windows.set(topic, window)
        await this.#read(topic, line, window)
        failures = 0
      } catch (error) {
        if (signal.aborted) return
        failures += 1
        this.#options.log.warn({ err: error, topic, failures }, 'the event bus could not be read; trying again')
        // The log is not the one that the group was in: the broker lost its data.
        if (KafkaRefusal.is(error, 'OFFSET_OUT_OF_RANGE')) await this.#startOver(topic, line).catch(() => undefined)
        await pause(backoffMs(failures, BROKER_BACKOFF), signal)
      }
    }
  }

  async #find(topic: string): Promise<KafkaWindow> {
    const { line, group } = this.#options
    const found = (await committed(line, group, [topic])).get(topic)
    return new KafkaWindow(found ?? { offset: (await bounds(line, topic)).first, metadata: '' })
  }

  async #startOver(topic: string, line: KafkaLine): Promise<void> {
    const { first } = await bounds(line, topic)
    this.#windows.set(topic, new KafkaWindow({ offset: first, metadata: '' }))
  }

  async #read(topic: string, line: KafkaLine, window: KafkaWindow): Promise<void> {
    const { signal } = this.#stop
    const page = await read(line, topic, window.position, WAIT_MS)
    for (const record of page.records) {
      while (this.#options.handling.room <= 0 && !signal.aborted)
        await Promise.race([this.#options.handling.whenFreed(), pause(WAIT_MS, signal)])
      if (signal.aborted) return
      if (window.take(record.offset)) this.#take(topic, record, window)
    }
    window.reach(page.next)
  }

  #take(topic: string, { offset, text = '' }: KafkaRecord, window: KafkaWindow): void {
    const lost = this.#lost.signal
    const acknowledge = async () => {
      if (lost.aborted) return
      window.done(offset)
      await this.#commit()
    }
    this.#options.handling.take({
      id: `${this.#number} ${topic} ${offset}`,
      text,
      // Kafka does not count them.
      tries: 0,
      lost,
      acknowledge,
      bury: async (death) => {
        await this.#options.bury(death, topic, offset)
        await acknowledge()
      },
    })
  }

  /** Keeps how far the group is. Whoever comes while that is on its way shares the next with all others. */
  #commit(): Promise<void> {
    this.#nextCommit ??= this.#committing
      .catch(() => undefined)
      .then(() => {
        this.#nextCommit = undefined
        // Another may be further.
        if (this.#lost.signal.aborted) return
        const commits = new Map([...this.#windows].map(([topic, window]) => [topic, window.commit()]))
        this.#committing = this.#options.member.commit(commits)
        return this.#committing
      })
    return this.#nextCommit
  }
}

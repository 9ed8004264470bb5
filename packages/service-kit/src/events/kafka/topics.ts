import { createTopicsV7, deleteRecordsV2, metadataV9 } from '@platformatic/kafka'
import { subscribers, type Topic, topics } from '@portico/contracts'
import { pause } from '../../retry.ts'
import { ANSWER_MS, type KafkaLine } from './line.ts'
import { bounds, committed } from './log.ts'
import type { KafkaNames } from './names.ts'
import { KafkaRefusal } from './refusal.ts'

const LOOK_MS = 50
const MB = 1024 * 1024

/** Nothing is dropped because of its age or size, only what every group has done. */
const events = { 'retention.ms': '-1', 'retention.bytes': '-1', 'max.message.bytes': String(8 * MB) }
/** A letter stays until a record without a text under its key voids it, and both for an hour, so that all hear of it. */
const letters = {
  'cleanup.policy': 'compact',
  'min.compaction.lag.ms': '3600000',
  'max.message.bytes': String(16 * MB),
  // Claims of letters are compared by one clock.
  'message.timestamp.type': 'LogAppendTime',
}
/** Disk is freed by whole segments. */
const common = { 'segment.bytes': String(64 * MB) }
/** What is durable by being on several brokers is so by being on the disk where there is only one. */
const alone = { 'flush.messages': '1' }

/** Makes the topics of the bus, one partition each so that the order is kept, and drops what is done. */
export class KafkaTopics {
  readonly #line: KafkaLine
  readonly #names: KafkaNames
  readonly #made = new Map<string, Promise<void>>()
  /** Before which offset the records of each were dropped. */
  readonly #dropped = new Map<string, bigint>()

  constructor(line: KafkaLine, names: KafkaNames) {
    this.#line = line
    this.#names = names
  }

  /** Makes a topic, and for each group one of what is replayed for it, where they are not there yet. */
  ensure(topic: Topic): Promise<void> {
    return this.#once(topic, [this.#names.topic(topic), ...this.#replays(topic)], events)
  }

  /** Makes the dead letters' topics. @returns false for what is no group */
  async ensureDead(group: string): Promise<boolean> {
    if (!subscribers.includes(group)) return false
    await this.#once('dead', subscribers.map(this.#names.dead), letters)
    return true
  }

  /** Makes everything again when it is next asked for: the broker may be another. */
  forget(): void {
    this.#made.clear()
    this.#dropped.clear()
  }

  /** Drops what every group of a topic has done, and nothing else. */
  async trim(topic: Topic): Promise<void> {
    const done = new Map<string, bigint[]>()
    for (const group of groupsOf(topic)) {
      const logs = [this.#names.topic(topic), this.#names.replays(topic, group)]
      const commits = await committed(this.#line, this.#names.group(topic, group), logs)
      for (const log of logs) done.set(log, [...(done.get(log) ?? []), commits.get(log)?.offset ?? 0n])
    }
    for (const [log, offsets] of done)
      await this.#drop(
        log,
        offsets.reduce((a, b) => (a < b ? a : b)),
      )
  }

  async #drop(log: string, before: bigint): Promise<void> {
    if (before <= (this.#dropped.get(log) ?? 0n)) return
    const request = [{ name: log, partitions: [{ partitionIndex: 0, offset: before }] }]
    await this.#line.leader(log, (connection) => deleteRecordsV2.api.async(connection, request, ANSWER_MS))
    this.#dropped.set(log, before)
  }

  #replays(topic: Topic): string[] {
    return groupsOf(topic).map((group) => this.#names.replays(topic, group))
  }

  #once(what: string, logs: readonly string[], config: Readonly<Record<string, string>>): Promise<void> {
    const known = this.#made.get(what)
    if (known) return known
    const making = this.#make(logs, config)
    this.#made.set(what, making)
    making.catch(() => {
      if (this.#made.get(what) === making) this.#made.delete(what)
    })
    return making
  }

  /** Copies as many as the broker makes by default. */
  async #make(logs: readonly string[], config: Readonly<Record<string, string>>): Promise<void> {
    const { brokers } = await this.#line.any((connection) => metadataV9.api.async(connection, [], false))
    const durable = brokers.length === 1 ? alone : {}
    const configs = Object.entries({ ...common, ...durable, ...config }).map(([name, value]) => ({ name, value }))
    const wanted = logs.map((name) => ({ name, numPartitions: 1, replicationFactor: -1, assignments: [], configs }))
    try {
      await this.#line.any((connection) => createTopicsV7.api.async(connection, wanted, ANSWER_MS, false))
    } catch (error) {
      if (!KafkaRefusal.is(error, 'TOPIC_ALREADY_EXISTS')) throw error
    }
    for (const log of logs) await this.#led(log)
  }

  /** Waits until a new topic has a leader that knows it is. */
  async #led(log: string): Promise<void> {
    for (const deadline = Date.now() + ANSWER_MS; ; await pause(LOOK_MS)) {
      try {
        await bounds(this.#line, log)
        return
      } catch (error) {
        if (!(error instanceof KafkaRefusal) || Date.now() > deadline) throw error
      }
    }
  }
}

const groupsOf = (topic: Topic): string[] => Object.keys(topics[topic].consumers)

import { fetchV12, IS_CONTROL, listOffsetsV7, offsetFetchV8, produceV9, type RecordsBatch } from '@platformatic/kafka'
import { ANSWER_MS, type KafkaLine } from './line.ts'
import type { KafkaCommit } from './window.ts'

/** A record of a topic; without a text it says that the key's records before it are void. */
export interface KafkaRecord {
  readonly offset: bigint
  readonly key: string | undefined
  readonly text: string | undefined
  /** When it was written, milliseconds since 1970, by the clock that the topic goes by. */
  readonly at: number
}

export interface KafkaPage {
  readonly records: readonly KafkaRecord[]
  /** Where to read on. */
  readonly next: bigint
  /** What is before it is durable, and more is not shown. */
  readonly end: bigint
}

export interface NewRecord {
  readonly key?: string
  /** None: the key's records are void. */
  readonly text?: string
}

/** What one request may carry, unless a single record is larger. */
const REQUEST_BYTES = 900_000
const PAGE_BYTES = 4_000_000
const ALL_REPLICAS = -1
const BY_BROKER = 1 << 3
const FIRST = -2n
const END = -1n

/** Appends records to a topic's log, in order. Resolves when they are durable. */
export async function append(line: KafkaLine, topic: string, records: readonly NewRecord[]): Promise<void> {
  const encoded = records.map(({ key, text }) => ({
    topic,
    ...(key !== undefined && { key: Buffer.from(key) }),
    // The type does not know of records without a value, the encoder does.
    value: (text === undefined ? null : Buffer.from(text)) as Buffer,
  }))
  for (let from = 0; from < encoded.length; ) {
    let to = from
    let size = 0
    do size += encoded[to++]?.value?.length ?? 0
    while (to < encoded.length && size + (encoded[to]?.value?.length ?? 0) < REQUEST_BYTES)
    const batch = encoded.slice(from, to)
    await line.leader(topic, (connection) => produceV9.api.async(connection, ALL_REPLICAS, ANSWER_MS, batch))
    from = to
  }
}

/** Reads a topic's log on from an offset. @param waitMs how long to wait for a first record where there is none */
export async function read(line: KafkaLine, topic: string, offset: bigint, waitMs = 0): Promise<KafkaPage> {
  const partition = { partition: 0, currentLeaderEpoch: -1, lastFetchedEpoch: -1, partitionMaxBytes: PAGE_BYTES }
  const topics = [{ topicId: topic, partitions: [{ ...partition, fetchOffset: offset }] }]
  const { responses } = await line.leader(
    topic,
    (connection) => fetchV12.api.async(connection, waitMs, 1, PAGE_BYTES, 0, 0, -1, topics, [], ''),
    waitMs + ANSWER_MS,
  )
  const found = responses[0]?.partitions[0]
  const batches = found?.records ?? []
  const last = batches.at(-1)
  return {
    // A batch is given whole, even where it began before.
    records: batches.flatMap(recordsOf).filter((record) => record.offset >= offset),
    next: last ? last.firstOffset + BigInt(last.lastOffsetDelta) + 1n : offset,
    end: found?.highWatermark ?? offset,
  }
}

function recordsOf({ attributes, firstOffset, firstTimestamp, maxTimestamp, records }: RecordsBatch): KafkaRecord[] {
  if (attributes & IS_CONTROL) return []
  return records.map(({ offsetDelta, timestampDelta, key, value }) => ({
    offset: firstOffset + BigInt(offsetDelta),
    key: key?.toString(),
    text: value?.toString(),
    at: Number(attributes & BY_BROKER ? maxTimestamp : firstTimestamp + timestampDelta),
  }))
}

/** The first offset that a topic's log still has, and the one after the last. */
export async function bounds(
  line: KafkaLine,
  topic: string,
): Promise<{ readonly first: bigint; readonly end: bigint }> {
  const ask = async (timestamp: bigint) => {
    const topics = [{ name: topic, partitions: [{ partitionIndex: 0, currentLeaderEpoch: -1, timestamp }] }]
    const answer = await line.leader(topic, (connection) => listOffsetsV7.api.async(connection, -1, 0, topics))
    return answer.topics[0]?.partitions[0]?.offset ?? 0n
  }
  return { first: await ask(FIRST), end: await ask(END) }
}

/** How far a group is in topics; one where it has never been is left out. */
export async function committed(
  line: KafkaLine,
  group: string,
  topics: readonly string[],
): Promise<ReadonlyMap<string, KafkaCommit>> {
  const wanted = topics.map((name) => ({ name, partitionIndexes: [0] }))
  const question = [{ groupId: group, memberId: null, memberEpoch: -1, topics: wanted }]
  const { groups } = await line.coordinator(group, (connection) => offsetFetchV8.api.async(connection, question, true))
  const commits = new Map<string, KafkaCommit>()
  for (const { name, partitions } of groups[0]?.topics ?? []) {
    const [found] = partitions
    if (found && found.committedOffset >= 0n)
      commits.set(name, { offset: found.committedOffset, metadata: found.metadata ?? '' })
  }
  return commits
}

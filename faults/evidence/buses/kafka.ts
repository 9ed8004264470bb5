import {
  Connection,
  fetchV12,
  findErrorBy,
  type KafkaRecord,
  listOffsetsV7,
  offsetFetchV8,
  produceV9,
} from '@platformatic/kafka'
import { topics } from '@portico/contracts'
import type { BusEvidence } from './bus.ts'

const logOf = (topic: string) => `portico.events.${topic}`
const replaysOf = (topic: string, service: string) => `portico.replays.${topic}.${service}`
const groupOf = (topic: string, service: string) => `portico.${topic}.${service}`
const deadOf = (service: string) => `portico.dead.${service}`

const FIRST = -2n
const END = -1n
const ALL_REPLICAS = -1
const ANSWER_MS = 5000
const PAGE_BYTES = 4_000_000
/** The key of the records by which those who take letters out agree who does. */
const CLAIM = 'claim'

/** Kafka, one broker, whose topics keep what was published until the relay drops what every group has done. */
export const kafkaBus: BusEvidence = {
  hasSteps: false,
  begin: async () => undefined,
  unfinished: (url) =>
    using(url, async (broker) => {
      const lines: string[] = []
      for (const [topic, { consumers }] of Object.entries(topics))
        for (const service of Object.keys(consumers)) lines.push(...(await undelivered(broker, topic, service)))
      const services = new Set(Object.values(topics).flatMap(({ consumers }) => Object.keys(consumers)))
      for (const service of services) lines.push(...(await givenUp(broker, service)))
      return lines
    }),
  duplicate: (url, count) =>
    using(url, async (broker) => {
      let published = 0
      for (const topic of Object.keys(topics)) published += await duplicateTopic(broker, logOf(topic), count)
      return published
    }),
}

async function using<T>(url: string, work: (broker: Connection) => Promise<T>): Promise<T> {
  const { hostname, port, username, password } = new URL(url)
  const sasl = {
    mechanism: 'PLAIN' as const,
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
  }
  const broker = new Connection('faults', { connectTimeout: 3000, requestTimeout: ANSWER_MS, sasl })
  broker.on('error', () => undefined)
  await broker.connect(hostname, Number(port))
  try {
    return await work(broker)
  } finally {
    await broker.close()
  }
}

/** The broker keeps up to where a group has done everything. */
async function undelivered(broker: Connection, topic: string, service: string): Promise<string[]> {
  const names = [logOf(topic), replaysOf(topic, service)]
  const wanted = names.map((name) => ({ name, partitionIndexes: [0] }))
  const question = [{ groupId: groupOf(topic, service), memberId: null, memberEpoch: -1, topics: wanted }]
  const { groups } = await offsetFetchV8.api.async(broker, question, true)
  let left = 0
  for (const { name, partitions } of groups[0]?.topics ?? []) {
    const done = partitions[0]?.committedOffset ?? -1n
    left += Number((await offsetOf(broker, name, END)) - (done < 0n ? await offsetOf(broker, name, FIRST) : done))
  }
  return left > 0 ? [`${left} events of topic ${topic} are undelivered to ${service}`] : []
}

/** A letter is there until a record without a value takes it out. */
async function givenUp(broker: Connection, service: string): Promise<string[]> {
  const letters = new Map<string, string>()
  for (const { key, value } of await readFrom(broker, deadOf(service), 0n).catch(noneWithoutTopic)) {
    const name = String(key)
    if (value === null) letters.delete(name)
    else if (name !== CLAIM) letters.set(name, value.toString())
  }
  return [...letters.values()].map((letter) => `${service} gave up an event: ${letter.slice(0, 400)}`)
}

async function duplicateTopic(broker: Connection, topic: string, count: number): Promise<number> {
  const [first, end] = [await offsetOf(broker, topic, FIRST), await offsetOf(broker, topic, END)]
  const from = end - BigInt(count) > first ? end - BigInt(count) : first
  const records = await readFrom(broker, topic, from)
  const copies = records.flatMap(({ key, value }) => (key && value ? [{ topic, key, value }] : [])).slice(0, count)
  if (copies.length > 0) await produceV9.api.async(broker, ALL_REPLICAS, ANSWER_MS, copies)
  return copies.length
}

async function offsetOf(broker: Connection, name: string, timestamp: bigint): Promise<bigint> {
  const wanted = [{ name, partitions: [{ partitionIndex: 0, currentLeaderEpoch: -1, timestamp }] }]
  const answer = await listOffsetsV7.api.async(broker, -1, 0, wanted)
  return answer.topics[0]?.partitions[0]?.offset ?? 0n
}

/** All records from an offset to the end. */
async function readFrom(broker: Connection, topic: string, offset: bigint): Promise<KafkaRecord[]> {
  const all: KafkaRecord[] = []
  for (let next = offset; ; ) {
    const partition = { partition: 0, currentLeaderEpoch: -1, lastFetchedEpoch: -1, partitionMaxBytes: PAGE_BYTES }
    const wanted = [{ topicId: topic, partitions: [{ ...partition, fetchOffset: next }] }]
    const { responses } = await fetchV12.api.async(broker, 0, 1, PAGE_BYTES, 0, 0, -1, wanted, [], '')
    const batches = responses[0]?.partitions[0]?.records ?? []
    const last = batches.at(-1)
    if (!last) return all
    for (const { firstOffset, records } of batches)
      all.push(...records.filter(({ offsetDelta }) => firstOffset + BigInt(offsetDelta) >= next))
    next = last.firstOffset + BigInt(last.lastOffsetDelta) + 1n
  }
}

/** The topic of dead letters is made when it is first asked for. */
function noneWithoutTopic(error: Error): KafkaRecord[] {
  if (findErrorBy(error, 'apiId', 'UNKNOWN_TOPIC_OR_PARTITION')) return []
  throw error
}

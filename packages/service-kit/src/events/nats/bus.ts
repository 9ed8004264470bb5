import { AckPolicy, DeliverPolicy, type JetStreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import { type Topic, topics } from '@portico/contracts'
import type { Log } from '../../log.ts'
import { within } from '../../within.ts'
import { type BusOptions, busDefaults, type EventBus } from '../bus.ts'
import { NatsLine } from './connection.ts'
import { startNatsConsumer } from './consumer.ts'
import { buryOnNats, natsDeadLetters, nullWhenGone } from './dead-letters.ts'
import { type NatsNames, natsNames } from './names.ts'

/** Messages of a group that are with its replicas. */
const MAX_ACK_PENDING = 5000
/** Messages that are dropped at a time. */
const MOST_TRIMMED = 2000

/**
 * The bus on NATS JetStream: a stream a topic, a durable consumer a service. `?replicas=3` in the address makes the
 * streams of a cluster so.
 */
export function connectNatsJetStream(url: string, log: Log, options: BusOptions = {}): EventBus {
  const { prefix, takeOverAfterMs, maxAttempts, trimEveryMs } = { ...busDefaults, ...options }
  const names = natsNames(prefix)
  const ready = new Map<Topic | 'common', Promise<void>>()
  const trimmedAt = new Map<Topic, number>()
  const line = new NatsLine(url, log, () => ready.clear())
  const shape = { names, takeOverAfterMs, replicas: Number(new URL(url).searchParams.get('replicas') ?? 1) }

  const once = (what: Topic | 'common', make: (manager: JetStreamManager) => Promise<void>) => {
    const made = ready.get(what) ?? line.session().then(({ manager }) => make(manager))
    ready.set(what, made)
    return made.catch((error) => {
      ready.delete(what)
      throw error
    })
  }
  const ensureCommon = () => once('common', (manager) => makeCommonStreams(manager, shape))
  const ensure = async (topic: Topic) => {
    await ensureCommon()
    await once(topic, (manager) => makeTopic(manager, topic, shape))
  }

  return {
    async publish(topic, events) {
      if (events.length === 0) return
      await ensure(topic)
      const { jetstream, manager } = await line.session()
      // The broker takes an event of the same id once, when a batch is published again.
      const published = events.map((event) =>
        jetstream.publish(names.subject(topic), JSON.stringify(event), { msgID: event.id }),
      )
      await Promise.all(published)
      if (Date.now() - (trimmedAt.get(topic) ?? 0) < trimEveryMs) return
      trimmedAt.set(topic, Date.now())
      await trimAcknowledged(manager, names, topic).catch((error) => log.warn({ err: error, topic }, 'could not trim'))
    },
    async subscribe(subscription) {
      const { topic, group } = subscription
      return startNatsConsumer({
        subscription,
        line,
        sources: [
          [names.stream(topic), group],
          [names.replays, names.replayConsumer(topic, group)],
        ],
        ensure: () => ensure(topic),
        bury: (death, key) => buryOnNats(line, names, death, key),
        takeOverAfterMs,
        maxAttempts,
        log,
      })
    },
    deadLetters: natsDeadLetters(line, names, ensureCommon),
    async ping() {
      const { connection } = await line.session()
      await within(2000, connection.flush())
    },
    close: () => line.close(),
  }
}

interface Shape {
  readonly names: NatsNames
  readonly takeOverAfterMs: number
  readonly replicas: number
}

async function makeCommonStreams(manager: JetStreamManager, { names, replicas }: Shape): Promise<void> {
  const common = { storage: StorageType.File, num_replicas: replicas }
  await manager.streams.add({ ...common, name: names.dead, subjects: [names.deadSubject('*')] })
  const subjects = [names.replaySubject('*', '*')]
  await manager.streams.add({ ...common, name: names.replays, subjects, retention: RetentionPolicy.Workqueue })
}

/** A topic's stream, and each group's consumer from its beginning: making what is there changes nothing. */
async function makeTopic(manager: JetStreamManager, topic: Topic, shape: Shape): Promise<void> {
  const { names, takeOverAfterMs, replicas } = shape
  const stream = names.stream(topic)
  const subjects = [names.subject(topic)]
  await manager.streams.add({ name: stream, subjects, storage: StorageType.File, num_replicas: replicas })
  const consumer = {
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(takeOverAfterMs),
    max_ack_pending: MAX_ACK_PENDING,
    max_deliver: -1,
  }
  for (const group of Object.keys(topics[topic].consumers)) {
    await manager.consumers.add(stream, { ...consumer, durable_name: group })
    await manager.consumers.add(names.replays, {
      ...consumer,
      durable_name: names.replayConsumer(topic, group),
      filter_subject: names.replaySubject(topic, group),
    })
  }
}

/**
 * Drops what every group has acknowledged, and nothing else. One by one: a purge, even of older messages alone, makes the
 * broker (2.9) forget what its consumers hold, which would then never be given to others.
 */
async function trimAcknowledged(manager: JetStreamManager, names: NatsNames, topic: Topic): Promise<void> {
  const stream = names.stream(topic)
  const groups = Object.keys(topics[topic].consumers)
  const infos = await Promise.all(groups.map((group) => manager.consumers.info(stream, group)))
  const acknowledged = Math.min(...infos.map(({ ack_floor }) => ack_floor.stream_seq))
  const { first_seq: first } = (await manager.streams.info(stream)).state
  const last = Math.min(acknowledged, first + MOST_TRIMMED - 1)
  // Another replica may have been quicker.
  const drop = (seq: number) => nullWhenGone(manager.streams.deleteMessage(stream, seq, false))
  await Promise.all(Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => drop(first + i)))
}

import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { topics } from '@portico/contracts'
import type { BusEvidence } from './bus.ts'

const streamOf = (topic: string) => `portico-${topic}`
const subjectOf = (topic: string) => `portico.events.${topic}`

/** NATS JetStream, whose streams keep what was published until the relay purges it. */
export const natsBus: BusEvidence = {
  hasSteps: false,
  begin: async () => undefined,
  unfinished: (url) =>
    using(url, async ({ manager }) => {
      const groups = await Promise.all(Object.keys(topics).map((topic) => undelivered(manager, topic)))
      return [...groups.flat(), ...(await givenUp(manager))]
    }),
  duplicate: (url, count) =>
    using(url, async (session) => {
      let published = 0
      for (const topic of Object.keys(topics)) published += await duplicateTopic(session, topic, count)
      return published
    }),
}

interface Session {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
}

async function using<T>(url: string, work: (session: Session) => Promise<T>): Promise<T> {
  const { hostname, port, username, password } = new URL(url)
  const [user, pass] = [username, password].map(decodeURIComponent)
  const servers = `${hostname}:${port}`
  const connection = await connect({ servers, user, pass, timeout: 3000, reconnect: false })
  try {
    return await work({ connection, manager: await jetstreamManager(connection, { timeout: 5000 }) })
  } finally {
    await connection.close()
  }
}

async function undelivered(manager: JetStreamManager, topic: string): Promise<string[]> {
  const consumers = await Array.fromAsync(manager.consumers.list(streamOf(topic)))
  return consumers.flatMap(({ name, num_pending, num_ack_pending }) => {
    const left = num_pending + num_ack_pending
    return left > 0 ? [`${left} events of topic ${topic} are undelivered to ${name}`] : []
  })
}

async function givenUp(manager: JetStreamManager): Promise<string[]> {
  const { state } = await manager.streams.info('portico-dead')
  if (state.messages === 0) return []
  const last = await manager.streams.getMessage('portico-dead', { seq: state.last_seq })
  const reason = decodeURIComponent(last?.header?.get('reason') ?? '')
  return [`${state.messages} events were given up, the last because: ${reason} ${last?.string().slice(0, 400)}`]
}

async function duplicateTopic({ connection, manager }: Session, topic: string, count: number): Promise<number> {
  const { state } = await manager.streams.info(streamOf(topic))
  const js = manager.jetstream()
  let published = 0
  for (let seq = Math.max(state.first_seq, state.last_seq - count + 1); seq <= state.last_seq; seq++) {
    // One that was purged meanwhile is gone. The others go without their id, by which the broker would know them.
    const stored = await manager.streams.getMessage(streamOf(topic), { seq }).catch(() => null)
    if (connection.isClosed()) break
    if (!stored) continue
    await js.publish(subjectOf(topic), stored.data)
    published += 1
  }
  return published
}

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { Broker, type BrokerKind, programOf } from '../testing/broker.ts'
import { busSuite } from '../testing/bus-suite.ts'
import { natsNames } from './names.ts'

const using = async <T>(url: string, work: (connection: NatsConnection) => Promise<T>): Promise<T> => {
  const connection = await connect({ servers: url.slice('nats://'.length), reconnect: false, timeout: 2000 })
  return work(connection).finally(() => connection.close())
}

const kind: BrokerKind = {
  async command({ folder, port }) {
    const file = join(folder, 'nats.conf')
    await writeFile(file, `listen: "127.0.0.1:${port}"\njetstream { store_dir: "${folder}" }\n`)
    return [programOf('PORTICO_NATS_SERVER', 'nats-server'), ['-c', file]]
  },
  url: ({ port }) => `nats://127.0.0.1:${port}`,
  ping: (url) => using(url, async (connection) => void (await (await jetstreamManager(connection)).getAccountInfo())),
}

busSuite('the bus on NATS JetStream', {
  start: () => Broker.start(kind),
  putRaw: (url, prefix, text) =>
    using(
      url,
      async (connection) => void (await jetstream(connection).publish(natsNames(prefix).subject('order'), text)),
    ),
  kept: (url, prefix) =>
    using(url, async (connection) => {
      const manager = await jetstreamManager(connection)
      return (await manager.streams.info(natsNames(prefix).stream('order'))).state.messages
    }),
})

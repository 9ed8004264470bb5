import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { expect, it } from 'vitest'
import { Bench, closedOrder, eventually, insist } from '../testing/bench.ts'
import { Broker, type BrokerKind, programOf } from '../testing/broker.ts'
import { busSuite } from '../testing/bus-suite.ts'
import { Line } from '../testing/line.ts'
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

it('acknowledges over a new line what it could not while the line was silent', async () => {
  const broker = await Broker.start(kind)
  const bench = new Bench(broker.url)
  try {
    const line = bench.keep(await Line.open(broker.url))
    const bus = await bench.connect(line.url)
    let times = 0
    const { heard } = await bench.listen(bus, 'product', async () => {
      times += 1
      if (times === 1) line.silence()
    })
    const event = closedOrder()
    await insist(await bench.connect(), [event])
    await eventually(() => expect(heard).toContain(event.id))
    await expect(bus.publish('order', [closedOrder()])).rejects.toThrow()
    line.restore()
    await eventually(async () =>
      using(broker.url, async (connection) => {
        const manager = await jetstreamManager(connection)
        const stream = natsNames(bench.options.prefix).stream('order')
        expect((await manager.consumers.info(stream, 'product')).num_ack_pending).toBe(0)
      }),
    )
  } finally {
    await bench.close()
    await broker.remove()
  }
})

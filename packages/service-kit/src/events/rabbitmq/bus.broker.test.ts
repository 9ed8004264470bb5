import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChannelModel } from 'amqplib'
import { afterAll } from 'vitest'
import { within } from '../../within.ts'
import { Broker, type BrokerKind, programOf } from '../testing/broker.ts'
import { busSuite } from '../testing/bus-suite.ts'
import { openConnection } from './connection.ts'
import { rabbitNames } from './names.ts'

const using = async <T>(url: string, work: (connection: ChannelModel) => Promise<T>): Promise<T> => {
  const connection = await openConnection(url)
  // One that is closed while the broker goes down may never hear of it.
  return work(connection).finally(() => within(2000, connection.close()).catch(() => undefined))
}

/** Erlang's port mapper, which outlives the broker. */
let mapper: number | undefined

const kind: BrokerKind = {
  async command({ folder, port }) {
    mapper = port + 2
    const file = join(folder, 'rabbitmq.conf')
    await writeFile(file, `listeners.tcp.1 = 127.0.0.1:${port}\nlog.console = true\nlog.console.level = warning\n`)
    const env = {
      HOME: folder,
      RABBITMQ_ALLOW_INPUT: '1',
      RABBITMQ_CONFIG_FILE: file,
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
      RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
      RABBITMQ_LOG_BASE: folder,
      RABBITMQ_LOGS: '-',
      RABBITMQ_PID_FILE: join(folder, 'pid'),
      RABBITMQ_NODENAME: `portico${port}@localhost`,
      RABBITMQ_DIST_PORT: String(port + 1),
      ERL_EPMD_PORT: String(mapper),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1} -noinput',
    }
    return [programOf('PORTICO_RABBITMQ_SERVER', 'rabbitmq-server'), [], env]
  },
  url: ({ port }) => `amqp://guest:guest@127.0.0.1:${port}`,
  ping: (url) => using(url, async () => undefined),
}

afterAll(() => {
  if (mapper) execFileSync('epmd', ['-port', String(mapper), '-kill'], { stdio: 'ignore' })
})
busSuite('the bus on RabbitMQ', {
  start: () => Broker.start(kind),
  putRaw: (url, prefix, text) =>
    using(url, async (connection) => {
      const channel = await connection.createConfirmChannel()
      channel.publish(rabbitNames(prefix).exchange('order'), '', Buffer.from(text), { persistent: true })
      await channel.waitForConfirms()
    }),
  kept: (url, prefix) =>
    using(url, async (connection) => {
      const channel = await connection.createChannel()
      // A queue that is not there ends the channel, which is told apart from the answer.
      channel.on('error', () => undefined)
      const queues = ['product', 'payment'].map((group) => rabbitNames(prefix).queue('order', group))
      const found = await Promise.all(queues.map((queue) => channel.checkQueue(queue)))
      return Math.max(...found.map(({ messageCount }) => messageCount))
    }),
})

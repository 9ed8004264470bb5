import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { metadataV9 } from '@platformatic/kafka'
import { Broker, type BrokerKind, type BrokerPlace, programOf } from '../testing/broker.ts'
import { busSuite } from '../testing/bus-suite.ts'
import { KafkaLine } from './line.ts'
import { append, bounds } from './log.ts'
import { kafkaNames } from './names.ts'

const using = async <T>(url: string, work: (line: KafkaLine) => Promise<T>): Promise<T> => {
  const line = new KafkaLine(url)
  return work(line).finally(() => line.close())
}

const java = (...args: string[]): string[] => [
  ...['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', join(programOf('PORTICO_KAFKA', 'kafka'), '*')],
  ...args,
]

/** A broker and its own controller, on loopback. */
const properties = ({ folder, port }: BrokerPlace) => `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${port + 1}
listeners=BROKER://127.0.0.1:${port},CONTROLLER://127.0.0.1:${port + 1}
listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=BROKER
controller.listener.names=CONTROLLER
log.dirs=${join(folder, 'logs')}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=4194304
`

const kind: BrokerKind = {
  async command(place) {
    const file = join(place.folder, 'server.properties')
    await writeFile(file, properties(place))
    const format = ['format', '--ignore-formatted', '--cluster-id', 'MDEyMzQ1Njc4OWFiY2RlZg', '--config', file]
    if (!existsSync(join(place.folder, 'logs')))
      await promisify(execFile)('java', java('kafka.tools.StorageTool', ...format))
    return ['java', java('kafka.Kafka', file)]
  },
  url: ({ port }) => `kafka://127.0.0.1:${port}`,
  ping: (url) => using(url, async (line) => void (await line.any((each) => metadataV9.api.async(each, [], false)))),
}

busSuite('the bus on Kafka', {
  start: () => Broker.start(kind),
  putRaw: (url, prefix, text) => using(url, (line) => append(line, kafkaNames(prefix).topic('order'), [{ text }])),
  kept: (url, prefix) =>
    using(url, async (line) => {
      const { first, end } = await bounds(line, kafkaNames(prefix).topic('order'))
      return Number(end - first)
    }),
})

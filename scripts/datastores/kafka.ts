import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UserError } from '../command-line/user-error.ts'
import { toolsFolder } from '../home.ts'
import { runLogged, runProgram } from '../run-program.ts'
import type { DatastoreKind, Installation, Place } from './datastore.ts'
import { systemPackages } from './package-manager.ts'
import { findProgram } from './programs.ts'
import { unprivileged } from './unprivileged.ts'

const user = 'portico'
const version = '4.1.0'
const oldestJava = 17
const fetched = join(toolsFolder, `kafka-${version}`)
/** Where Homebrew puts the jars. */
const brewed = ['/opt/homebrew/opt/kafka/libexec/libs', '/usr/local/opt/kafka/libexec/libs']

/** Kafka, as an event bus: one broker that is its own controller. Its program is the folder of its jars, run by Java. */
export const kafka: DatastoreKind = {
  title: 'Kafka',
  variable: 'EVENT_BUS_URL',
  example: 'kafka://user:password@host:9092',
  executables: [`kafka-server-start.sh with java (${oldestJava} or later)`],
  morePorts: 1,
  async find() {
    if (!(await hasJava())) return undefined
    for (const folder of [fetched, ...(await distributed()), ...brewed]) {
      const names = await readdir(folder).catch(() => [])
      const found = names.map((name) => /^kafka_[\d.]+-([\d.]+)\.jar$/.exec(name)?.[1]).find(Boolean)
      if (found !== undefined) return { path: folder, title: `Kafka ${found}` }
    }
    return undefined
  },
  async installations() {
    const maven = (await hasJava()) ? await findProgram('mvn') : undefined
    const packages = await systemPackages(
      { 'apt-get': 'maven', dnf: 'maven', apk: 'maven', pacman: 'maven' },
      { apk: 'openjdk17-jre-headless' },
    )
    return [
      ...(maven === undefined ? [] : [fetchedBy(maven)]),
      ...(await systemPackages({ brew: 'kafka' })),
      ...packages.map(afterPackage),
    ]
  },
  async prepare({ path }, place) {
    await mkdir(place.directory, { recursive: true, mode: 0o700 })
    // A file, since a password on the command line would be everybody's to read.
    await writeFile(file(place, 'server.properties'), properties(place), { mode: 0o600 })
    if (existsSync(file(place, 'data', 'meta.properties'))) return
    const id = `k${randomBytes(16).toString('base64url').slice(1)}`
    const format = ['format', '--ignore-formatted', '--cluster-id', id, '--config', file(place, 'server.properties')]
    const [command, args] = unprivileged('java', java(path, 'kafka.tools.StorageTool', ...format))
    if ((await runLogged(command, args, place.log)) !== 0)
      throw new UserError(`Kafka's data folder could not be made (see ${place.log}).`)
  },
  command({ path }, place) {
    const [command, args] = unprivileged('java', java(path, 'kafka.Kafka', file(place, 'server.properties')))
    return { command, args, stopSignal: 'SIGTERM' }
  },
  url: ({ password, port }) => `kafka://${user}:${password}@127.0.0.1:${port}`,
}

const file = (place: Place, ...names: string[]) => join(place.directory, ...names)

/** Small and soon there: a shop's bus is not what Kafka's defaults are made for. */
const java = (jars: string, ...args: string[]): string[] => [
  '-Xms64m',
  '-Xmx256m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Djava.awt.headless=true',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-cp',
  join(jars, '*'),
  ...args,
]

/** Broker and controller listen on loopback, and both want the password. */
function properties({ directory, port, more: [controller], password }: Place): string {
  const login = `org.apache.kafka.common.security.plain.PlainLoginModule required \
username="${user}" password="${password}" user_${user}="${password}";`
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controller}
listeners=BROKER://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}
listener.security.protocol.map=BROKER:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
inter.broker.listener.name=BROKER
controller.listener.names=CONTROLLER
sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.mechanism.controller.protocol=PLAIN
listener.name.broker.plain.sasl.jaas.config=${login}
listener.name.controller.plain.sasl.jaas.config=${login}
log.dirs=${join(directory, 'data')}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=4194304
`
}

/** The jars of a distribution on PATH. */
async function distributed(): Promise<string[]> {
  const script = await findProgram('kafka-server-start.sh')
  return script === undefined ? [] : [join(dirname(await realpath(script)), '..', 'libs')]
}

async function hasJava(): Promise<boolean> {
  const { output } = await runProgram('java', ['-version'])
  return Number(/version "(\d+)/.exec(output)?.[1] ?? 0) >= oldestJava
}

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>portico</groupId>
  <artifactId>kafka-server</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${version}</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-simple</artifactId>
      <version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
`

function fetchedBy(maven: string): Installation {
  return {
    description: `mvn dependency:copy-dependencies of org.apache.kafka:kafka_2.13:${version} into .portico/tools (43 MB)`,
    async run(log) {
      const draft = `${fetched}.new`
      await rm(draft, { recursive: true, force: true })
      await mkdir(draft, { recursive: true })
      await writeFile(join(draft, 'pom.xml'), pom)
      const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${draft}`]
      const code = await runLogged(maven, ['-q', '-B', '-f', join(draft, 'pom.xml'), ...goal], log)
      if (code === 0) await rename(draft, fetched)
      return code === 0
    },
  }
}

function afterPackage(packaged: Installation): Installation {
  const jars = fetchedBy('mvn')
  return {
    description: `${packaged.description}, then ${jars.description}`,
    run: async (log) => (await packaged.run(log)) && (await jars.run(log)),
  }
}

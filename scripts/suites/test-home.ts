import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { abortion } from '../command-line/stop-request.ts'
import { findOrInstall, type LadderOptions } from '../datastores/ladder.ts'
import { nats } from '../datastores/nats.ts'
import { redis } from '../datastores/redis.ts'
import { type Home, makeHome, openHome, projectRoot } from '../home.ts'
import { openSecrets } from '../secrets.ts'
import { planDatastores } from '../shop/datastore-specs.ts'
import { stopLeftovers } from '../supervisor/leftovers.ts'
import { identify } from '../supervisor/process-identity.ts'
import type { Report } from '../supervisor/report.ts'
import { readRunFile } from '../supervisor/run-file.ts'
import { Supervisor } from '../supervisor/supervisor.ts'

type Variable = 'MONGODB_URL' | 'POSTGRES_URL' | 'MYSQL_URL' | 'REDIS_URL' | BrokerProgram
/** Programs that tests of the event bus run themselves, since they kill them. */
type BrokerProgram = 'PORTICO_REDIS_SERVER' | 'PORTICO_NATS_SERVER'

/** A server that tests find by the environment; `brokers` are programs that tests of the event bus start themselves. */
export type TestServer = 'mongodb' | 'postgres' | 'mysql' | 'redis' | 'brokers'
export const everyServer: readonly TestServer[] = ['mongodb', 'postgres', 'mysql', 'redis', 'brokers']

/** Datastores for a run of tests, in a home of their own that goes when they are stopped. */
export interface TestDatastores {
  readonly home: Home
  /** The variables by which tests find them: each an administrative URL, or a program. */
  readonly environment: Readonly<Partial<Record<Variable, string>>>
  stop(): Promise<void>
}

const testHomes = join(projectRoot, '.portico')

/** Starts one server of each kind that is asked for, on free ports. When that fails, or `stopping` aborts meanwhile, nothing is left running.
 *  @throws UserError, or the reason of the abort */
export async function startTestDatastores(
  servers: readonly TestServer[],
  report: Report,
  noInstall: boolean,
  stopping: AbortSignal,
): Promise<TestDatastores> {
  await sweepStaleHomes()
  const home = openHome(join(testHomes, `test-${process.pid}`))
  await makeHome(home)
  const supervisor = new Supervisor(home, report)
  const stop = async () => {
    await supervisor.stop()
    await rm(home.root, { recursive: true, force: true })
  }
  try {
    const options = { noInstall, report, log: home.log('install') }
    return {
      home,
      environment: await Promise.race([start(servers, home, supervisor, options), abortion(stopping)]),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Ends and removes what test runs that were killed have left. */
async function sweepStaleHomes(): Promise<void> {
  for (const name of await readdir(testHomes).catch(() => [])) {
    const pid = Number(/^test-(\d+)$/.exec(name)?.[1])
    if (Number.isNaN(pid) || identify(pid) !== undefined) continue
    const home = openHome(join(testHomes, name))
    await stopLeftovers(readRunFile(home.runFile))
    await rm(home.root, { recursive: true, force: true })
  }
}

async function start(
  servers: readonly TestServer[],
  home: Home,
  supervisor: Supervisor,
  options: LadderOptions,
): Promise<TestDatastores['environment']> {
  const brokers = servers.includes('brokers') && {
    PORTICO_REDIS_SERVER: (await findOrInstall(redis, home.data('broker'), options)).path,
    PORTICO_NATS_SERVER: (await findOrInstall(nats, home.data('broker'), options)).path,
  }
  const wanted = datastores.filter(({ server }) => servers.includes(server))
  const names = wanted.map(({ name }) => name)
  const plans = await planDatastores(names, home, openSecrets(home), options)
  await supervisor.start(Object.values(plans).flatMap(({ spec }) => spec ?? []))
  supervisor.establish()
  return { ...brokers, ...Object.fromEntries(wanted.map(({ name, variable }) => [variable, plans[name].url])) }
}

const datastores = [
  { server: 'mongodb', name: 'mongodb', variable: 'MONGODB_URL' },
  { server: 'postgres', name: 'postgres', variable: 'POSTGRES_URL' },
  { server: 'mysql', name: 'mysql', variable: 'MYSQL_URL' },
  { server: 'redis', name: 'redis-payment', variable: 'REDIS_URL' },
] as const

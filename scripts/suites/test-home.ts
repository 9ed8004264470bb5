import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Home, makeHome, openHome, projectRoot } from '../home.ts'
import { openSecrets } from '../secrets.ts'
import { planDatastores } from '../shop/datastore-specs.ts'
import type { Report } from '../supervisor/report.ts'
import { Supervisor } from '../supervisor/supervisor.ts'

/** Datastores for a run of tests, in a home of their own that goes when they are stopped. */
export interface TestDatastores {
  readonly home: Home
  /** The variables by which tests find them: each an administrative URL. */
  readonly environment: Readonly<Record<'MONGODB_URL' | 'POSTGRES_URL' | 'MYSQL_URL' | 'REDIS_URL', string>>
  stop(): Promise<void>
}

/** Starts one server of each kind on free ports. @throws UserError; nothing is left running then. */
export async function startTestDatastores(report: Report, noInstall = false): Promise<TestDatastores> {
  const home = openHome(join(projectRoot, '.portico', `test-${process.pid}`))
  await makeHome(home)
  const supervisor = new Supervisor(home, report)
  const stop = async () => {
    await supervisor.stop()
    await rm(home.root, { recursive: true, force: true })
  }
  try {
    const names = ['mongodb', 'postgres', 'mysql', 'redis-payment'] as const
    const options = { noInstall, report, log: home.log('install') }
    const plans = await planDatastores(names, home, openSecrets(home), options)
    await supervisor.start(Object.values(plans).flatMap(({ spec }) => spec ?? []))
    supervisor.establish()
    const environment = {
      MONGODB_URL: plans.mongodb.url,
      POSTGRES_URL: plans.postgres.url,
      MYSQL_URL: plans.mysql.url,
      REDIS_URL: plans['redis-payment'].url,
    }
    return { home, environment, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

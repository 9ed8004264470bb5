import { join } from 'node:path'
import { UserError } from '../command-line/user-error.ts'
import { type Home, projectRoot } from '../home.ts'
import { runLogged } from '../run-program.ts'
import { openSecrets } from '../secrets.ts'
import { readLastLines } from '../supervisor/log-file.ts'
import type { ProcessSpec } from '../supervisor/process-spec.ts'
import type { Report } from '../supervisor/report.ts'
import type { Supervisor } from '../supervisor/supervisor.ts'
import { buildApps } from './apps.ts'
import { type BusName, buses } from './buses.ts'
import { type DatastoreName, planDatastores } from './datastore-specs.ts'
import { dropFormerKey, dropFormerKeys } from './former-key.ts'
import { type GatewayPorts, openAdminToken, planGateway } from './gateway.ts'
import { openKeyRing } from './key-ring.ts'
import { writeKongEnv } from './kong-env.ts'
import { Replicas } from './replicas.ts'
import { Restarts } from './restarts.ts'
import { type Scale, writeScale } from './scale.ts'
import { datastoreOf, gatewayTargets, planServices, type ServiceName, tenants } from './services.ts'
import { watchSources } from './watch-sources.ts'

export interface ShopOptions {
  readonly ports: GatewayPorts
  /** The gateway's configuration file. */
  readonly config: string
  readonly noInstall: boolean
  /** The broker to start, unless EVENT_BUS_URL names one; Redis by default. */
  readonly bus?: BusName
  /** How many processes of each service to begin with; one of each that isn't named. */
  readonly scale?: Scale
  /** Whether an edit of a service's sources restarts it. */
  readonly watch?: boolean
  /** Changes what the services are started with, given what they stand on: how faults come between them. */
  readonly alter?: (services: readonly ProcessSpec[], datastores: readonly ProcessSpec[]) => Promise<ProcessSpec[]>
}

/** Starts the whole shop in a home: the built apps, datastores, services, the demo catalogue, and the gateway last.
 *  @throws UserError naming what failed; the caller stops the rest. */
export async function startShop(
  home: Home,
  supervisor: Supervisor,
  report: Report,
  options: ShopOptions,
): Promise<void> {
  const secrets = openSecrets(home)
  dropFormerKey(home)
  const ring = openKeyRing(home)
  const bus = buses[options.bus ?? 'redis']
  const busUrl = process.env.EVENT_BUS_URL
  const wanted: DatastoreName[] = [...new Set(Object.values(datastoreOf)), ...(busUrl ? [] : [bus])]
  const ladder = { noInstall: options.noInstall, report, log: home.log('install') }
  const [plans] = await Promise.all([planDatastores(wanted, home, secrets, ladder, tenants), buildApps(home, report)])
  const own = Object.values(plans).flatMap(({ spec }) => spec ?? [])
  const services = await planServices(home, secrets, {
    database: (service) => {
      const { variable, urlFor } = plans[datastoreOf[service]]
      return { [variable]: urlFor(service) }
    },
    eventBus: busUrl ? () => busUrl : plans[bus].urlFor,
    gateway: `http://127.0.0.1:${options.ports.proxy}`,
    gatewayAdmin: `http://127.0.0.1:${options.ports.admin}`,
  })
  const started = new Set(own.map(({ name }) => name))
  const specs = Object.values(services).map((spec) => ({
    ...spec,
    after: spec.after.filter((name) => started.has(name)),
  }))
  const portOf = {
    http: (name: ServiceName) => services[name].env.PORT,
    grpc: (name: ServiceName) => services[name].env.GRPC_PORT,
  }
  writeKongEnv(
    home,
    gatewayTargets((name, protocol) => `127.0.0.1:${portOf[protocol](name)}`),
    ring,
  )
  const models = (await options.alter?.(specs, own)) ?? specs
  const admin = `http://127.0.0.1:${options.ports.admin}`
  const replicas = new Replicas({ home, supervisor, report, models, admin })
  const scale = options.scale ?? {}
  writeScale(home, scale)
  const all = supervisor.start([...own, ...models, ...(await replicas.plan(scale))])
  await Promise.all([
    all,
    supervisor.whenReady('product').then(() => seed(home, report, plans.postgres.urlFor('product'))),
  ])
  const adminToken = openAdminToken(home, secrets)
  await supervisor.start([planGateway(home, options.ports, { config: options.config, adminToken })])
  supervisor.establish()
  replicas.follow()
  dropFormerKeys(home, report)
  const restarts = new Restarts({ home, supervisor, report })
  restarts.follow()
  if (options.watch) watchSources(restarts, report)
}

async function seed(home: Home, report: Report, url: string): Promise<void> {
  report.begin('seed')
  const code = await seedCatalogue(url, home.log('seed'))
  if (code !== 0) {
    throw new UserError(
      `The demo catalogue could not be put in:\n    ${readLastLines(home.log('seed'), 12).join('\n    ')}`,
    )
  }
  report.done('seed', 'the demo catalogue is there')
}

/** Puts in what is missing of the demo catalogue; the exit code of product-service's own program. */
export async function seedCatalogue(url: string, log: string): Promise<number> {
  const script = join(projectRoot, 'services', 'product', 'src', 'seed.ts')
  return await runLogged(process.execPath, [script], log, { ...process.env, POSTGRES_URL: url })
}

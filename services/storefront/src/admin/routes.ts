import * as contract from '@portico/contracts'
import { type Authentication, implement, type Log } from '@portico/service-kit'
import type { Hono } from 'hono'
import { type AuditSources, mergeAudit } from './audit.ts'
import { type GatewayAccess, readGateway } from './gateway.ts'
import { readHealth } from './health.ts'
import type { TrafficMemory } from './history.ts'
import type { Source } from './sources.ts'
import { readTraffic } from './traffic.ts'
import type { Watched } from './watched.ts'

/** What the admin panel is shown of the running system, and where it is found. */
export interface Operations {
  readonly services: Watched
  readonly audit: AuditSources
  readonly gateway?: GatewayAccess | undefined
  /** Whose requests are counted. */
  readonly sources: readonly Source[]
  /** What is remembered of them. */
  readonly memory: TrafficMemory
}

export function adminRoutes(app: Hono, authentication: Authentication, operations: Operations, log: Log): void {
  const { services, audit, gateway, sources, memory } = operations

  implement(app, authentication, contract.readHealth, async () => ({ status: 200, body: await readHealth(services) }))

  implement(app, authentication, contract.readTraffic, async () => ({
    status: 200,
    body: await readTraffic(sources),
  }))

  implement(app, authentication, contract.readTrafficHistory, async () => ({ status: 200, body: memory.tell() }))

  implement(app, authentication, contract.readGateway, async () => ({ status: 200, body: await readGateway(gateway) }))

  implement(app, authentication, contract.listMergedAudit, async ({ query, authorization, requestId }) => ({
    status: 200,
    body: await mergeAudit(audit, query, { authorization, requestId }, log),
  }))
}

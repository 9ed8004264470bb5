import type {
  AuditEntry,
  AuditedService,
  AuditKind,
  DeadLetter,
  DeadLetterGroup,
  DeadLetterMessage,
  GatewayState,
  HealthReport,
  TrafficHistory,
  TrafficReport,
} from '@portico/contracts'
import { sendAuthorised } from '../../shared/api/authorised.ts'
import type { Page } from '../../shared/api/lists.ts'

export const readGateway = async (signal?: AbortSignal): Promise<GatewayState> =>
  (await sendAuthorised<GatewayState>('/v1/admin/gateway', { signal })).body

export const readHealth = async (signal?: AbortSignal): Promise<HealthReport> =>
  (await sendAuthorised<HealthReport>('/v1/admin/health', { signal })).body

export const readTraffic = async (signal?: AbortSignal): Promise<TrafficReport> =>
  (await sendAuthorised<TrafficReport>('/v1/admin/traffic', { signal })).body

export const readTrafficHistory = async (signal?: AbortSignal): Promise<TrafficHistory> =>
  (await sendAuthorised<TrafficHistory>('/v1/admin/traffic/history', { signal })).body

export interface AuditPage extends Page<AuditEntry> {
  readonly incomplete: readonly AuditedService[]
}

export async function listAudit(
  query: {
    readonly service?: AuditedService | undefined
    readonly actor?: string | undefined
    readonly kind?: AuditKind | undefined
    readonly cursor?: string | undefined
  },
  signal?: AbortSignal,
): Promise<AuditPage> {
  return (await sendAuthorised<AuditPage>('/v1/admin/audit', { query, signal })).body
}

const letters = '/v1/admin/dead-letters'
const letterAt = (id: string) => `${letters}/${encodeURIComponent(id)}`

export async function listDeadLetters(
  query: { readonly group: DeadLetterGroup; readonly limit?: number; readonly cursor?: string | undefined },
  signal?: AbortSignal,
): Promise<Page<DeadLetter>> {
  return (await sendAuthorised<Page<DeadLetter>>(letters, { query, signal })).body
}

export const readDeadLetter = async (id: string, signal?: AbortSignal): Promise<DeadLetterMessage> =>
  (await sendAuthorised<DeadLetterMessage>(letterAt(id), { signal })).body

/** Gives it to its service again. */
export async function replayDeadLetter(id: string): Promise<void> {
  await sendAuthorised(`${letterAt(id)}/replay`, { method: 'POST' })
}

export async function dropDeadLetter(id: string): Promise<void> {
  await sendAuthorised(letterAt(id), { method: 'DELETE' })
}

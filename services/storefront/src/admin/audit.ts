import {
  type AuditEntry,
  type AuditedService,
  type Call,
  listAudit,
  type listMergedAudit,
  listUserAudit,
} from '@portico/contracts'
import { createClient, type Log } from '@portico/service-kit'
import type { Caller } from '../parts.ts'
import { refusalOf } from '../refusals.ts'

export type AuditSources = Readonly<Partial<Record<AuditedService, string>>>

interface MergedAudit {
  readonly items: AuditEntry[]
  readonly nextCursor: string | null
  readonly incomplete: AuditedService[]
}

type Query = NonNullable<Call<typeof listMergedAudit>['query']> & { readonly limit: number }

const TIMEOUT_MS = 5000

/**
 * Merges the services' audit logs. Their entries' ids are in order of time everywhere, so one cursor, the last entry
 * shown, serves them all. A service that does not answer is named, and what it holds is missing.
 * @throws AppError with a service's own refusal
 */
export async function mergeAudit(
  sources: AuditSources,
  { service: only, kind, ...query }: Query,
  caller: Caller,
  log: Log,
): Promise<MergedAudit> {
  const asked = (Object.keys(sources) as AuditedService[])
    .filter((name) => only === undefined || name === only)
    .filter((name) => kind !== 'read' || name === 'user')
  const incomplete: AuditedService[] = []
  const pages = await Promise.all(
    asked.map(async (name) => {
      try {
        const client = createClient(sources[name] ?? '')
        const settings = { ...caller, timeoutMs: TIMEOUT_MS }
        const page =
          name === 'user'
            ? await client(listUserAudit, { query: { ...query, kind } }, settings)
            : await client(listAudit, { query }, settings)
        return page.body
      } catch (error) {
        const refusal = refusalOf(error)
        if (refusal) throw refusal
        log.warn({ err: error, service: name, requestId: caller.requestId }, 'the audit log is shown without a service')
        incomplete.push(name)
        return { items: [], nextCursor: null }
      }
    }),
  )
  const all = pages.flatMap(({ items }) => items).sort((a, b) => (a.id < b.id ? 1 : -1))
  const items = all.slice(0, query.limit)
  const more = all.length > items.length || pages.some(({ nextCursor }) => nextCursor !== null)
  return { items, nextCursor: more ? (items.at(-1)?.id ?? null) : null, incomplete: incomplete.sort() }
}

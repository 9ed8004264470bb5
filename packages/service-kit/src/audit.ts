import type { AuditAction, AuditEntry, AuditedService, AuditState } from '@portico/contracts'
import { newId } from './ids.ts'

/** Who does something, and by which request. */
export interface Actor {
  readonly userId: string
  readonly requestId: string
}

/** What is done, and what matters of the thing before and after. */
export interface Act {
  readonly action: AuditAction
  readonly subject: string
  readonly before: AuditState
  readonly after: AuditState
}

const MAX_TEXT = 500

/** The entry of an audit log, to be written in the step that does what it says. Long texts are cut. */
export function auditEntryOf(service: AuditedService, { userId, requestId }: Actor, act: Act): AuditEntry {
  return {
    id: newId(),
    service,
    at: new Date().toISOString(),
    actor: userId,
    action: act.action,
    subject: act.subject,
    before: bounded(act.before),
    after: bounded(act.after),
    requestId,
  }
}

/** Before and after without the fields that are the same in both. */
export function differenceOf(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Pick<Act, 'before' | 'after'> {
  const changed = Object.keys(after).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
  const pick = (state: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(changed.map((name) => [name, state[name] ?? null]))
  return { before: pick(before), after: pick(after) }
}

function bounded(state: AuditState): AuditState {
  if (state === null) return null
  const cut = (value: unknown) =>
    typeof value === 'string' && value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT - 1)}…` : value
  return Object.fromEntries(Object.entries(state).map(([name, value]) => [name, cut(value)]))
}

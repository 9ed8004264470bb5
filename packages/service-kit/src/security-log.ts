import type { Context } from 'hono'
import type { AccessRefused } from './auth/authentication.ts'
import { shortenedAddress } from './http/client-address.ts'
import type { Log } from './log.ts'
import { Counter, type Metrics } from './metrics.ts'

/** Who and what a security event is about: ids and states only, never a password, a token or an e-mail address. */
export interface SecurityFacts {
  /** Whose account or data it is about. */
  readonly userId?: string | undefined
  /** The admin who acts on another's account or reads another's data. */
  readonly actor?: string | undefined
  readonly [fact: string]: unknown
}

/** One security event, such as a failed log-in or a refused request. */
export interface SecurityEvent {
  readonly event: string
  readonly level: 'info' | 'warn'
  readonly facts?: SecurityFacts | undefined
}

export interface SecurityLog {
  /** Writes one line with the request id and the client's shortened address, and counts the event. */
  report(c: Context, event: SecurityEvent): void
  /** Reports that a known caller was refused a route (403). */
  reportRefusal(c: Context, refusal: AccessRefused, route: string): void
  /** Reports that an admin reads a customer's data: once an hour for the same facts, so that polling pages don't flood. */
  reportRead(c: Context, event: string, facts: SecurityFacts): void
}

declare module 'hono' {
  interface ContextVariableMap {
    security: SecurityLog
  }
}

const HOUR_MS = 3600_000
/** Reads remembered in an hour; beyond it they are reported again. */
const MOST_READS = 10_000

/**
 * The security events of a service. Client addresses are shortened; the gateway's access log has the full one under the
 * same request id.
 */
export function createSecurityLog(log: Log, { registry }: Metrics, now: () => number = Date.now): SecurityLog {
  const counted = new Counter({
    name: 'security_events_total',
    help: 'Security events by kind',
    labelNames: ['event'],
    registers: [registry],
  })
  const isFirst = oncePerHour(now)
  const report = (c: Context, { event, level, facts }: SecurityEvent) => {
    counted.inc({ event })
    const client = shortenedAddress(c.req.header('x-real-ip'))
    log[level]({ security: event, requestId: c.get('requestId'), client, ...facts }, 'security event')
  }
  return {
    report,
    reportRefusal(c, { principal }, route) {
      const caller = principal.kind === 'user' ? { userId: principal.userId } : { service: principal.service }
      report(c, { event: 'access.refused', level: 'warn', facts: { ...caller, method: c.req.method, route } })
    },
    reportRead(c, event, facts) {
      if (isFirst(JSON.stringify([event, facts]))) report(c, { event, level: 'info', facts })
    },
  }
}

/** Whether a key is seen for the first time within the hour of the clock. */
function oncePerHour(now: () => number): (key: string) => boolean {
  let hour = Number.NaN
  let seen = new Set<string>()
  return (key) => {
    const current = Math.floor(now() / HOUR_MS)
    if (current !== hour || seen.size >= MOST_READS) seen = new Set()
    hour = current
    const isNew = !seen.has(key)
    seen.add(key)
    return isNew
  }
}

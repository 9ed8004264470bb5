import { Counter, type Log, type Metrics } from '@portico/service-kit'
import type { Context } from 'hono'
import { shortenedAddress } from './client-address.ts'

/** Everything that happens to accounts and sessions that somebody watching for attacks wants to know. */
const levels = {
  'log_in.failed': 'warn',
  'log_in.throttled': 'warn',
  'log_in.disabled_account': 'warn',
  'session.token_reused': 'warn',
  'password.refused': 'warn',
  'password.throttled': 'warn',
  'password.changed': 'info',
  'email.changed': 'info',
  'email.throttled': 'warn',
  'user.changed': 'info',
  'user.sessions_ended': 'info',
  'user.read': 'info',
  'user.listed': 'info',
} as const

export type SecurityEvent = keyof typeof levels

/** Who and what it is about: ids and states only, never a password, a token or an e-mail address. */
export interface About {
  readonly userId?: string | undefined
  /** The admin who acts on another's account. */
  readonly actor?: string | undefined
  readonly before?: unknown
  readonly after?: unknown
}

/** Reports what happens in one request. */
export type Report = (event: SecurityEvent, about?: About) => void

/**
 * Writes security events to the log, one line each, and counts them. Client addresses are shortened; the gateway's
 * access log has the full one under the same request id.
 */
export function createSecurityLog(log: Log, { registry }: Metrics): (c: Context) => Report {
  const counted = new Counter({
    name: 'security_events_total',
    help: 'Security events by kind',
    labelNames: ['event'],
    registers: [registry],
  })
  return (c) => (event, about) => {
    counted.inc({ event })
    const client = shortenedAddress(c.req.header('x-real-ip'))
    log[levels[event]]({ security: event, requestId: c.get('requestId'), client, ...about }, 'security event')
  }
}

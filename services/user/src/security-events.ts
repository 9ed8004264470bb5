import type { SecurityFacts } from '@portico/service-kit'
import type { Context } from 'hono'

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

/** Reports what happens in one request. */
export type Report = (event: keyof typeof levels, facts?: SecurityFacts) => void

export const reportIn =
  (c: Context): Report =>
  (event, facts) =>
    c.get('security').report(c, { event, level: levels[event], facts })

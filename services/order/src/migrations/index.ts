import type { Migration } from 'kysely/migration'
import { orders } from './0001-orders.ts'
import { messages } from './0002-messages.ts'
import { inboxByTime } from './0003-inbox-by-time.ts'
import { statusChanges } from './0004-status-changes.ts'
import { administration } from './0005-administration.ts'
import { wholeTimeline } from './0006-whole-timeline.ts'
import { limits } from './0007-limits.ts'

/**
 * In order, forward only: a migration that has landed is never changed. MySQL ends a transaction at each of its
 * statements, so one that a crash cut off must work again from its beginning.
 */
export const migrations: Record<string, Migration> = {
  '0001-orders': orders,
  '0002-messages': messages,
  '0003-inbox-by-time': inboxByTime,
  '0004-status-changes': statusChanges,
  '0005-administration': administration,
  '0006-whole-timeline': wholeTimeline,
  '0007-limits': limits,
}

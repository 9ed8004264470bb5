import type { Migration } from 'kysely/migration'
import { orders } from './0001-orders.ts'
import { messages } from './0002-messages.ts'

/** In order, forward only: a migration that has landed is never changed. */
export const migrations: Record<string, Migration> = { '0001-orders': orders, '0002-messages': messages }

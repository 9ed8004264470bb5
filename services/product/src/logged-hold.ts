import type { OrderedLine } from '@portico/contracts'
import { AppError, attemptOf, createTrail, type Log } from '@portico/service-kit'
import type { Held } from './holds.ts'
import { createHold } from './holds-in-groups.ts'
import type { Db } from './store/database.ts'

export type LoggedHold = (key: string, lines: readonly OrderedLine[], requestId: string) => Promise<Held>

/** `hold`, with a line in the log about each attempt that is held or refused. */
export function createLoggedHold(db: Db, log: Log): LoggedHold {
  const hold = createHold(db)
  const trail = createTrail(log)
  return async (key, lines, requestId) => {
    const step = { ...attemptOf(key), requestId }
    try {
      const held = await hold(key, lines)
      trail('hold answered', { ...step, outcome: 'held' })
      return held
    } catch (error) {
      if (error instanceof AppError) trail('hold answered', { ...step, outcome: 'refused', code: error.code })
      throw error
    }
  }
}

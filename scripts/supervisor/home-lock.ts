import { hint } from '../command-line/hint.ts'
import { UserError } from '../command-line/user-error.ts'
import type { Home } from '../home.ts'
import { type Holder, holderOf, takeLock } from './lock-file.ts'

/** Takes a home for this process alone; the answered function gives it back. A holder that has died counts as none.
 *  @throws UserError when another process has it. */
export function lockHome(home: Home): () => void {
  const lock = takeLock(home.lockFile)
  if (typeof lock !== 'function') throw taken(home, lock)
  return lock
}

/** The process that has this home now, if any. */
export const findHolder = (home: Home): Holder | undefined => holderOf(home.lockFile)

function taken(home: Home, holder: Holder): UserError {
  return new UserError(
    `Another copy already runs in ${home.root} (process ${holder.pid}).\n` +
      `Stop it with: ${hint(home, 'stop')}\nOr give this one another home and other ports: npm start -- --home DIR --proxy-port 9000 --admin-port 9001`,
  )
}

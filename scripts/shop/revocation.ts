import { hint } from '../command-line/hint.ts'
import { UserError } from '../command-line/user-error.ts'
import type { Home } from '../home.ts'
import { saveKeyRing, untilLearnt, withKeyRing } from './key-changes.ts'
import { openKeyRing, replaceKey } from './key-ring.ts'

/** What became of a revocation. */
export interface Revocation {
  /** The key that signs now. */
  readonly current: string
  /** Those of the gateway and user-service that run, and no longer know the revoked keys. */
  readonly told: readonly string[]
}

/** The keys that a revocation is about: one, the current one where none is named, or all.
 *  @throws UserError when there is no such key */
export function chooseKeys(home: Home, kid: string | undefined, all: boolean): string[] {
  const { current, keys } = openKeyRing(home)
  const known = keys.map((key) => key.kid)
  if (all) return known
  const chosen = kid ?? current
  if (known.includes(chosen)) return [chosen]
  throw new UserError(`There is no key ${chosen}, or it is revoked already. The keys are: ${known.join(', ')}`)
}

/** Puts a new key in the place of each of these at once, without any overlap: whatever they signed is refused from the
 *  moment the gateway and the services have read the keys. @throws UserError when the gateway or user-service does not
 *  take the change; the files have it then */
export function revokeKeys(home: Home, kids: readonly string[], now = new Date()): Promise<Revocation> {
  return withKeyRing(home, async (before) => {
    const ring = kids.reduce((changed, kid) => replaceKey(changed, kid, now), before)
    saveKeyRing(home, ring)
    const told = await untilLearnt(
      home,
      { known: ring.keys.map(({ kid }) => kid), gone: kids },
      'The keys are revoked in the files, but the gateway or user-service still trusts them.\n' +
        `Restart the shop: ${hint(home, 'stop')}, then ${hint(home, 'start')}. Why: ${hint(home, 'logs', 'gateway')}`,
    )
    return { current: ring.current, told }
  })
}

import { hint } from '../command-line/hint.ts'
import { UserError } from '../command-line/user-error.ts'
import type { Home } from '../home.ts'
import { learners, saveKeyRing, untilLearnt, withKeyRing } from './key-changes.ts'
import { formerUntil, type KeyRing, replaceKey, signWithNext, splitRing } from './key-ring.ts'
import { findRunning } from './running-url.ts'

/** Moves the signing of access tokens to the other key; while the shop runs, without one token refused. A former key
 *  that nobody has dropped yet first gives its place to a new one, which gateway and JWKS know before anything is
 *  signed with it. Answers the key that signs now.
 *  @throws UserError while tokens of the former key may still be in use. */
export function rotateKeys(home: Home, now = new Date()): Promise<string> {
  return withKeyRing(home, async (ring) => {
    refuseEarly(home, ring, now)
    const prepared = formerUntil(ring) === undefined ? ring : replaceKey(ring, splitRing(ring).next.kid, now)
    if (prepared !== ring) {
      for (const name of learners) findRunning(home, name)
      saveKeyRing(home, prepared)
    }
    await untilLearnt(
      home,
      { known: [splitRing(prepared).next.kid], gone: [] },
      `The gateway did not take the new key in time; the old one keeps signing. See: ${hint(home, 'logs', 'gateway')}`,
    )
    const rotated = signWithNext(prepared, now)
    saveKeyRing(home, rotated)
    return rotated.current
  })
}

function refuseEarly(home: Home, ring: KeyRing, now: Date): void {
  const until = formerUntil(ring)
  if (until === undefined || now >= until) return
  throw new UserError(
    `The keys were rotated at ${ring.rotatedAt}; tokens signed with the key before are good for 15 minutes.\n` +
      `The next rotation may be at ${until.toISOString()}. A key that leaked: ${hint(home, 'keys', 'revoke')}`,
  )
}

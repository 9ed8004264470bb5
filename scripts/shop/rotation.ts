import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../command-line/user-error.ts'
import type { Home } from '../home.ts'
import { type KeyRing, makeKey, openKeyRing, splitRing, writeKeyRing } from './key-ring.ts'
import { replaceKeys } from './kong-env.ts'
import { findRunning } from './running-url.ts'

/** How long tokens of the key before stay good: as long as an access token lives. */
const overlapMs = 15 * 60_000
const learnTimeoutMs = 10_000

/** Who must know a key before anything is signed with it. */
const learners = ['gateway', 'user'] as const

/** Moves the signing of access tokens to the other key; while the shop runs, without one token refused. The first time
 *  that is the second of the keys made at the first start; later ones bring a new key in place of the one that is done
 *  with, and gateway and JWKS know it before anything is signed with it. Answers the key that signs now.
 *  @throws UserError while tokens of the key before the present one may still be in use. */
export async function rotateKeys(home: Home, now = new Date()): Promise<string> {
  const ring = openKeyRing(home)
  refuseEarly(ring, now)
  const prepared = ring.rotatedAt === undefined ? ring : withNewKey(ring, now)
  if (prepared !== ring) {
    for (const name of learners) findRunning(home, name)
    writeKeyRing(home, prepared)
    replaceKeys(home, prepared)
    await haveLearnt(home, splitRing(prepared).next.kid)
  }
  const rotated = { ...prepared, current: splitRing(prepared).next.kid, rotatedAt: now.toISOString() }
  writeKeyRing(home, rotated)
  replaceKeys(home, rotated)
  return rotated.current
}

function refuseEarly({ rotatedAt }: KeyRing, now: Date): void {
  if (rotatedAt === undefined) return
  const until = new Date(Date.parse(rotatedAt) + overlapMs)
  if (now >= until) return
  throw new UserError(
    `The keys were rotated at ${rotatedAt}; tokens signed with the key before are good for 15 minutes.\n` +
      `The next rotation may be at ${until.toISOString()}.`,
  )
}

/** The key that is done with gives its place to a new one. */
function withNewKey(ring: KeyRing, now: Date): KeyRing {
  return { ...ring, keys: [splitRing(ring).current, makeKey(now)] }
}

/** Waits until the running gateway and user-service know a key. */
async function haveLearnt(home: Home, kid: string): Promise<void> {
  const [gateway, user] = learners.map((name) => findRunning(home, name).probe)
  const pages = [new URL('/jwts?size=1000', gateway), new URL('/.well-known/jwks.json', user)]
  const deadline = Date.now() + learnTimeoutMs
  while (!(await Promise.all(pages.map((page) => mentions(page, kid)))).every(Boolean)) {
    if (Date.now() > deadline) {
      throw new UserError(
        'The gateway did not take the new key in time; the old one keeps signing. See: npm run logs -- gateway',
      )
    }
    await sleep(100)
  }
}

async function mentions(page: URL, kid: string): Promise<boolean> {
  const answer = await fetch(page, { signal: AbortSignal.timeout(1000) }).catch(() => undefined)
  return answer?.ok === true && (await answer.text()).includes(kid)
}

import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../command-line/user-error.ts'
import type { Home } from '../home.ts'
import { takeLock } from '../supervisor/lock-file.ts'
import { type KeyRing, openKeyRing, writeKeyRing } from './key-ring.ts'
import { replaceKeys } from './kong-env.ts'
import { findRunning } from './running-url.ts'

const LOCK_TIMEOUT_MS = 20_000
const LEARN_TIMEOUT_MS = 10_000

/** The processes that read the keys from files. */
export const learners = ['gateway', 'user'] as const

/** Changes the key ring while nobody else does: of two changes at once, one could bring back a key that the other
 *  revoked. @throws UserError when somebody else does not finish */
export async function withKeyRing<T>(home: Home, change: (ring: KeyRing) => Promise<T>): Promise<T> {
  const deadline = Date.now() + LOCK_TIMEOUT_MS
  for (;;) {
    const release = takeLock(home.keysLockFile)
    if (typeof release === 'function') return await change(openKeyRing(home)).finally(release)
    if (Date.now() > deadline) throw new UserError(`Process ${release.pid} is changing the keys. Try again.`)
    await sleep(100)
  }
}

/** Writes the files that gateway and user-service follow; the gateway's first, since it is the door. */
export function saveKeyRing(home: Home, ring: KeyRing): void {
  replaceKeys(home, ring)
  writeKeyRing(home, ring)
}

/** What a change of the keys comes to, by their names. */
interface Lesson {
  readonly known: readonly string[]
  readonly gone: readonly string[]
}

/** Waits until those of the gateway and user-service that run know some keys, and others no more.
 *  @returns their names. @throws UserError when that takes more than ten seconds */
export async function untilLearnt(home: Home, lesson: Lesson, otherwise: string): Promise<string[]> {
  const pages = pagesOf(home)
  const deadline = Date.now() + LEARN_TIMEOUT_MS
  while (!(await Promise.all([...pages.values()].map((page) => hasLearnt(page, lesson)))).every(Boolean)) {
    if (Date.now() > deadline) throw new UserError(otherwise)
    await sleep(100)
  }
  return [...pages.keys()]
}

function pagesOf(home: Home): Map<string, URL> {
  const paths = { gateway: '/jwts?size=1000', user: '/.well-known/jwks.json' }
  const pages = new Map<string, URL>()
  for (const name of learners) {
    try {
      pages.set(name, new URL(paths[name], findRunning(home, name).probe))
    } catch (error) {
      if (!(error instanceof UserError)) throw error
    }
  }
  return pages
}

async function hasLearnt(page: URL, { known, gone }: Lesson): Promise<boolean> {
  const answer = await fetch(page, { signal: AbortSignal.timeout(1000) }).catch(() => undefined)
  if (!answer?.ok) return false
  const text = await answer.text()
  return known.every((kid) => text.includes(kid)) && !gone.some((kid) => text.includes(kid))
}

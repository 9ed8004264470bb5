import type { Home } from '../home.ts'
import { takeLock } from '../supervisor/lock-file.ts'
import type { Report } from '../supervisor/report.ts'
import { saveKeyRing } from './key-changes.ts'
import { formerUntil, openKeyRing, replaceKey, splitRing } from './key-ring.ts'

const LOOK_EVERY_MS = 5000

/** Gives the place of a former key, once its last token has expired, to a new one that signs after the next rotation.
 *  @returns the name of the key that was dropped */
export function dropFormerKey(home: Home, now = new Date()): string | undefined {
  const release = takeLock(home.keysLockFile)
  // Whoever changes the keys at this moment needs them as they are; there is another look.
  if (typeof release !== 'function') return undefined
  try {
    const ring = openKeyRing(home)
    const until = formerUntil(ring)
    if (until === undefined || now < until) return undefined
    const { kid } = splitRing(ring).next
    saveKeyRing(home, replaceKey(ring, kid, now))
    return kid
  } finally {
    release()
  }
}

/** Drops former keys for as long as the shop runs. */
export function dropFormerKeys(home: Home, report: Report): void {
  const look = () => {
    try {
      const kid = dropFormerKey(home)
      if (kid !== undefined) report.note(`the former signing key ${kid} has expired and is dropped`)
    } catch (error) {
      report.note(`the signing keys could not be looked at: ${error instanceof Error ? error.message : error}`)
    }
  }
  setInterval(look, LOOK_EVERY_MS).unref()
}

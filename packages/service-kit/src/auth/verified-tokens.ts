import { hash } from 'node:crypto'

/** What of a token's claims says when it may be used; seconds since the epoch. */
export interface Validity {
  readonly exp: number
  readonly nbf?: number | undefined
}

interface Verified<Claims> {
  readonly claims: Claims
  readonly until: number
}

interface Limits {
  /** Tokens remembered at most. */
  readonly largest?: number
  /** So long a token is not verified again, so that one whose key was taken out is refused at last. */
  readonly keptMs?: number
  /** A number that changes with the keys; when it does, nothing remembered counts any more. */
  readonly version?: () => number
}

const LARGEST = 10_000
const KEPT_MS = 60_000

/**
 * Verifies each token once for a while: checking a signature costs more than all else that a small request needs. Tokens
 * are known by a digest of the whole; when one may be used is looked at every time; what is not right is never
 * remembered. The tokens that were used last are kept, in two generations.
 */
export function verifyingOnce<Claims extends Validity>(
  verify: (token: string) => Promise<Claims>,
  { largest = LARGEST, keptMs = KEPT_MS, version = () => 0 }: Limits = {},
): (token: string) => Promise<Claims> {
  let newer = new Map<string, Verified<Claims>>()
  let older = newer
  let rememberedUnder = version()
  const forgetOldKeys = () => {
    if (version() === rememberedUnder) return
    rememberedUnder = version()
    newer = new Map()
    older = newer
  }
  const remember = (digest: string, verified: Verified<Claims>) => {
    if (newer.size >= largest / 2) {
      older = newer
      newer = new Map()
    }
    newer.set(digest, verified)
  }
  return async (token) => {
    forgetOldKeys()
    const digest = hash('sha256', token, 'base64')
    const known = newer.get(digest) ?? older.get(digest)
    const now = Date.now()
    if (known && now < known.until && isValid(known.claims, now)) {
      if (!newer.has(digest)) remember(digest, known)
      return known.claims
    }
    const verifiedUnder = rememberedUnder
    const claims = await verify(token)
    // The keys may have changed meanwhile: a signature of a key that has gone must not be remembered.
    if (version() === verifiedUnder) remember(digest, { claims, until: now + keptMs })
    return claims
  }
}

/** As the verification itself has it: whole seconds, no tolerance. */
function isValid({ exp, nbf }: Validity, nowMs: number): boolean {
  const now = Math.floor(nowMs / 1000)
  return now < exp && (nbf === undefined || nbf <= now)
}

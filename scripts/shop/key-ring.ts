import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { writeAtomically } from '../atomic-file.ts'
import type { Home } from '../home.ts'

const rsaKey = z.looseObject({ kty: z.literal('RSA'), n: z.string(), e: z.string() })

const keyRing = z.object({
  current: z.string(),
  rotatedAt: z.iso.datetime().optional(),
  keys: z
    .array(
      z.object({
        kid: z.string(),
        createdAt: z.iso.datetime(),
        /** Of a former key: when the last token that it signed has expired, and nobody trusts it any more. */
        expiresAt: z.iso.datetime().optional(),
        privateJwk: rsaKey,
      }),
    )
    .length(2),
})

/** The two keys that access tokens are signed with: the current one, and the next or the former one. */
export type KeyRing = z.infer<typeof keyRing>
export type SigningKey = KeyRing['keys'][number]

/** How long tokens of a former key stay valid: as long as an access token lives. */
const OVERLAP_MS = 15 * 60_000

/** The key ring of a home, made at the first start. */
export function openKeyRing(home: Home): KeyRing {
  if (existsSync(home.keysFile)) return keyRing.parse(JSON.parse(readFileSync(home.keysFile, 'utf8')))
  const keys = [makeKey(), makeKey()] as const
  const ring: KeyRing = { current: keys[0].kid, keys: [...keys] }
  writeKeyRing(home, ring)
  return ring
}

export function writeKeyRing(home: Home, ring: KeyRing): void {
  writeAtomically(home.keysFile, `${JSON.stringify(ring, null, 2)}\n`)
}

/** A new RSA key of 2048 bits, named by its thumbprint (RFC 7638). */
export function makeKey(now = new Date()): SigningKey {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const privateJwk = rsaKey.parse(privateKey.export({ format: 'jwk' }))
  const { e, kty, n } = privateJwk
  const kid = createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url')
  return { kid, createdAt: now.toISOString(), privateJwk }
}

/** The key that signs, and the other one. */
export function splitRing({ current, keys }: KeyRing): { readonly current: SigningKey; readonly next: SigningKey } {
  const [first, second] = keys
  if (first === undefined || second === undefined) throw new Error('a key ring has two keys')
  return first.kid === current ? { current: first, next: second } : { current: second, next: first }
}

/** When the key that does not sign is no longer trusted; undefined for one that has never signed. */
export function formerUntil(ring: KeyRing): Date | undefined {
  const { next } = splitRing(ring)
  if (next.expiresAt !== undefined) return new Date(next.expiresAt)
  // A file of an earlier release names no expiry.
  const { rotatedAt } = ring
  if (rotatedAt === undefined || next.createdAt >= rotatedAt) return undefined
  return new Date(Date.parse(rotatedAt) + OVERLAP_MS)
}

/** The ring with its other key as the one that signs; the one before becomes the former key. */
export function signWithNext(ring: KeyRing, now: Date): KeyRing {
  const { current, next } = splitRing(ring)
  const expiresAt = new Date(now.getTime() + OVERLAP_MS).toISOString()
  return { current: next.kid, rotatedAt: now.toISOString(), keys: [next, { ...current, expiresAt }] }
}

/** The ring with a new key in place of one of its keys; it signs if that one did. */
export function replaceKey(ring: KeyRing, kid: string, now: Date): KeyRing {
  const made = makeKey(now)
  return {
    ...ring,
    current: ring.current === kid ? made.kid : ring.current,
    keys: ring.keys.map((key) => (key.kid === kid ? made : key)),
  }
}

/** The public half as PEM (SubjectPublicKeyInfo), as Kong's jwt_secrets want it. */
export function publicPem({ privateJwk }: SigningKey): string {
  const { e, kty, n } = privateJwk
  const key = createPublicKey({ key: { e, kty, n }, format: 'jwk' })
  return key.export({ format: 'pem', type: 'spki' }).toString()
}

/** The public halves as services read them (`JWT_JWKS`). */
export function publicJwks(ring: KeyRing): { keys: Record<string, unknown>[] } {
  return {
    keys: ring.keys.map(({ kid, privateJwk: { e, kty, n } }) => ({ kty, n, e, kid, alg: 'RS256', use: 'sig' })),
  }
}

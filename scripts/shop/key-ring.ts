import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { writeAtomically } from '../atomic-file.ts'
import type { Home } from '../home.ts'

const rsaKey = z.looseObject({ kty: z.literal('RSA'), n: z.string(), e: z.string() })

const keyRing = z.object({
  current: z.string(),
  rotatedAt: z.iso.datetime().optional(),
  keys: z.array(z.object({ kid: z.string(), createdAt: z.iso.datetime(), privateJwk: rsaKey })).length(2),
})

/** The two keys that access tokens are signed with: the current one, and the next or the one before. */
export type KeyRing = z.infer<typeof keyRing>
export type SigningKey = KeyRing['keys'][number]

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

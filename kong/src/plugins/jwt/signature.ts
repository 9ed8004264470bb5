import { constants, createHmac, createPublicKey, type KeyObject, timingSafeEqual, verify } from 'node:crypto'

const ALGORITHMS = [
  ...['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'],
  ...['PS256', 'PS384', 'PS512', 'EdDSA'],
] as const

export type Algorithm = (typeof ALGORITHMS)[number]

export function isAlgorithm(name: string): name is Algorithm {
  return (ALGORITHMS as readonly string[]).includes(name)
}

/** Kong itself fails with 500 for a signature of a length that the algorithm can't have. */
export class SignatureLength extends Error {
  override readonly name = 'SignatureLength'
  constructor(algorithm: string, length: number) {
    super(`an ${algorithm} signature can't be ${length} bytes long`)
  }
}

/** Bytes of an ECDSA signature (r and s), and of the RSA-PSS signatures that Kong takes (keys of 2048 bits). */
const LENGTHS: Readonly<Record<string, number>> = {
  ES256: 64,
  ES384: 96,
  ES512: 132,
  PS256: 256,
  PS384: 256,
  PS512: 256,
}

/** Reads a public key: PEM (a private one gives its public half) or a JWK. */
export function readPublicKey(text: string): KeyObject {
  return text.trimStart().startsWith('{')
    ? createPublicKey({ key: JSON.parse(text), format: 'jwk' })
    : createPublicKey(text)
}

/** Whether the keyed hash is that of the text; compared in constant time. */
export function verifyHmac(algorithm: string, secret: Buffer, signed: string, signature: Buffer): boolean {
  const expected = createHmac(hashOf(algorithm), secret).update(signed, 'latin1').digest()
  return expected.length === signature.length && timingSafeEqual(expected, signature)
}

/**
 * Whether the signature is that of the key. A key of another kind than the algorithm's has signed nothing.
 * @throws SignatureLength
 */
export function verifySignature(algorithm: string, key: KeyObject, signed: string, signature: Buffer): boolean {
  const length = LENGTHS[algorithm]
  if (length !== undefined && signature.length !== length) throw new SignatureLength(algorithm, signature.length)
  try {
    return verifyWith(algorithm, key, Buffer.from(signed, 'latin1'), signature)
  } catch {
    // OpenSSL refuses the key for this algorithm, which Kong answers like a wrong signature: 401.
    return false
  }
}

function verifyWith(algorithm: string, key: KeyObject, data: Buffer, signature: Buffer): boolean {
  if (algorithm === 'EdDSA') return verify(null, data, key, signature)
  const hash = hashOf(algorithm)
  if (algorithm.startsWith('ES')) return verify(hash, data, { key, dsaEncoding: 'ieee-p1363' }, signature)
  if (algorithm.startsWith('RS')) return verify(hash, data, key, signature)
  const padding = constants.RSA_PKCS1_PSS_PADDING
  return verify(hash, data, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_AUTO }, signature)
}

function hashOf(algorithm: string): string {
  return `sha${algorithm.slice(2)}`
}

import { generateKeyPairSync, sign } from 'node:crypto'
import type { Role } from '@portico/contracts'
import { createAccessTokenVerifier } from '@portico/service-kit'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const JWT_ISSUER = 'https://portico.invalid'
const JWT_AUDIENCE = 'portico'
const JWT_JWKS = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'test', alg: 'RS256' }] })

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** An access token (RFC 7519) as user-service gives it. */
export function accessTokenOf(userId: string, role: Role): string {
  const exp = Math.floor(Date.now() / 1000) + 600
  const claims = { iss: JWT_ISSUER, aud: JWT_AUDIENCE, sub: userId, role, exp }
  const signed = `${encode({ alg: 'RS256', kid: 'test' })}.${encode(claims)}`
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`
}

export const accessToken = createAccessTokenVerifier({ JWT_ISSUER, JWT_AUDIENCE, JWT_JWKS })

import { type Role, role } from '@portico/contracts'
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
  errors as joseErrors,
  jwtVerify,
} from 'jose'
import { AppError } from '../app-error.ts'
import type { Principal } from './principal.ts'
import { verifyingOnce } from './verified-tokens.ts'

export interface AccessTokenSettings {
  readonly JWT_ISSUER: string
  readonly JWT_AUDIENCE: string
  readonly JWT_JWKS?: string | undefined
  readonly JWKS_URL?: string | undefined
}

/** Checks an access token: @returns the user, @throws AppError unauthenticated */
export type AccessTokenVerifier = (token: string) => Promise<Principal>

/** Where the public keys come from: those of the environment first, for a `kid` that is not there the JWKS. */
function keySource(settings: AccessTokenSettings) {
  const local = settings.JWT_JWKS ? createLocalJWKSet(JSON.parse(settings.JWT_JWKS) as JSONWebKeySet) : undefined
  const remote = settings.JWKS_URL
    ? createRemoteJWKSet(new URL(settings.JWKS_URL), { timeoutDuration: 1000, cooldownDuration: 5000 })
    : undefined
  return async (header: JWSHeaderParameters, token: FlattenedJWSInput) => {
    if (local) {
      try {
        return await local(header, token)
      } catch (error) {
        if (!(error instanceof joseErrors.JWKSNoMatchingKey) || !remote) throw error
      }
    }
    if (!remote) throw new joseErrors.JWKSNoMatchingKey()
    return remote(header, token)
  }
}

/**
 * Verifies what the gateway verified once more: being inside the network is no credential.
 * RS256 only, `iss`, `aud` and `exp` required. The same token is verified once a minute.
 */
export function createAccessTokenVerifier(settings: AccessTokenSettings): AccessTokenVerifier {
  const verify = verifyingOnce(verifier(settings, settings.JWT_AUDIENCE))
  return async (token) => {
    const { sub, role } = await verify(token)
    return { kind: 'user', userId: sub, role }
  }
}

/** A ticket as it was issued. Whoever takes it has to see that it is taken once. */
export interface Ticket {
  readonly id: string
  readonly userId: string
  readonly role: Role
  readonly expiresAt: Date
}

/** Checks a ticket for one audience: @returns it, @throws AppError unauthenticated */
export type TicketVerifier = (token: string) => Promise<Ticket>

export function createTicketVerifier(settings: AccessTokenSettings, audience: string): TicketVerifier {
  const verify = verifier(settings, audience)
  return async (token) => {
    const { sub, role, jti, exp } = await verify(token)
    if (!jti) throw new AppError('unauthenticated')
    return { id: jti, userId: sub, role, expiresAt: new Date(exp * 1000) }
  }
}

function verifier(settings: AccessTokenSettings, audience: string) {
  const keys = keySource(settings)
  return async (token: string) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ['RS256'],
        issuer: settings.JWT_ISSUER,
        audience,
        requiredClaims: ['sub', 'exp', 'role'],
      })
      const { sub, exp, nbf, jti } = payload as { sub: string; exp: number; nbf?: number; jti?: string }
      return { sub, exp, nbf, jti, role: role.parse(payload.role) }
    } catch (cause) {
      throw new AppError('unauthenticated', undefined, { cause })
    }
  }
}

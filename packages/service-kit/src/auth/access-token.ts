import { type Role, role } from '@portico/contracts'
import { jwtVerify } from 'jose'
import { z } from 'zod'
import { AppError } from '../app-error.ts'
import { type KeySet, type KeySettings, openKeySet } from './key-set.ts'
import type { Principal } from './principal.ts'
import { verifyingOnce } from './verified-tokens.ts'

export interface AccessTokenSettings extends KeySettings {
  readonly JWT_ISSUER: string
  readonly JWT_AUDIENCE: string
}

/** Checks an access token: @returns the user, @throws AppError unauthenticated */
export type AccessTokenVerifier = (token: string) => Promise<Principal>

/**
 * Verifies what the gateway verified once more: being inside the network is no credential.
 * RS256 only, `iss`, `aud` and `exp` required. The same token is verified once a minute,
 * and again when the keys change.
 */
export function createAccessTokenVerifier(
  settings: AccessTokenSettings,
  keys: KeySet = openKeySet(settings),
): AccessTokenVerifier {
  const verify = verifyingOnce(verifier(settings, keys, settings.JWT_AUDIENCE), { version: keys.version.bind(keys) })
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
  /** When the access token that it was issued for expires: what it opens must close then. */
  readonly until: Date
}

/** Checks a ticket for one audience: @returns it, @throws AppError unauthenticated */
export type TicketVerifier = (token: string) => Promise<Ticket>

export function createTicketVerifier(
  settings: AccessTokenSettings,
  audience: string,
  keys: KeySet = openKeySet(settings),
): TicketVerifier {
  const verify = verifier(settings, keys, audience)
  return async (token) => {
    const { sub, role, jti, exp, until = exp } = await verify(token)
    if (!jti) throw new AppError('unauthenticated')
    return { id: jti, userId: sub, role, expiresAt: new Date(exp * 1000), until: new Date(until * 1000) }
  }
}

const claims = z.object({
  sub: z.string(),
  role,
  exp: z.number(),
  nbf: z.number().optional(),
  jti: z.string().optional(),
  until: z.number().optional(),
})

function verifier(settings: AccessTokenSettings, keys: KeySet, audience: string) {
  return async (token: string) => {
    try {
      const { payload } = await jwtVerify(token, (header, jws) => keys.find(header, jws), {
        algorithms: ['RS256'],
        issuer: settings.JWT_ISSUER,
        audience,
        requiredClaims: ['sub', 'exp', 'role'],
      })
      return claims.parse(payload)
    } catch (cause) {
      if (cause instanceof AppError) throw cause
      throw new AppError('unauthenticated', undefined, { cause })
    }
  }
}

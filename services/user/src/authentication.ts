import { AppError, type Authentication, createAuthentication, type Principal } from '@portico/service-kit'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { z } from 'zod'
import type { SigningKeys } from './signing-keys.ts'

const claims = z.object({ sub: z.string(), role: z.enum(['customer', 'admin']), sid: z.string(), exp: z.number() })

/** Checks access tokens against the keys of the file, which are those that others get from the JWKS. */
export function createOwnAuthentication(
  keys: () => Promise<SigningKeys>,
  names: { issuer: string; audience: string },
): Authentication {
  return createAuthentication({ accessToken: async (token) => (await readAccessToken(token, keys, names)).principal })
}

/** What an access token says. */
export interface AccessToken {
  readonly principal: Principal
  readonly sid: string
  /** When it expires, in seconds since the epoch. */
  readonly exp: number
}

/** Reads the access token in an Authorization header. @throws AppError unauthenticated */
export type TokenOf = (authorization: string) => Promise<AccessToken>

/** @throws AppError unauthenticated */
export async function readAccessToken(
  token: string,
  keys: () => Promise<SigningKeys>,
  names: { issuer: string; audience: string },
): Promise<AccessToken> {
  try {
    const { jwks } = await keys()
    const { payload } = await jwtVerify(token, createLocalJWKSet(jwks), {
      algorithms: ['RS256'],
      ...names,
      requiredClaims: ['exp'],
    })
    const { sub, role, sid, exp } = claims.parse(payload)
    return { principal: { kind: 'user', userId: sub, role }, sid, exp }
  } catch (cause) {
    throw new AppError('unauthenticated', undefined, { cause })
  }
}

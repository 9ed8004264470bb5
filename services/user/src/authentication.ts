import { AppError, type Authentication, createAuthentication, type Principal } from '@portico/service-kit'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { z } from 'zod'
import type { SigningKeys } from './signing-keys.ts'

const claims = z.object({ sub: z.string(), role: z.enum(['customer', 'admin']), sid: z.string() })

/** Checks access tokens against the keys of the file, which are those that others get from the JWKS. */
export function createOwnAuthentication(
  keys: () => Promise<SigningKeys>,
  names: { issuer: string; audience: string },
): Authentication {
  return createAuthentication({ accessToken: async (token) => (await readAccessToken(token, keys, names)).principal })
}

/** @returns the user and the session that a token belongs to. @throws AppError unauthenticated */
export async function readAccessToken(
  token: string,
  keys: () => Promise<SigningKeys>,
  names: { issuer: string; audience: string },
): Promise<{ principal: Principal; sid: string }> {
  try {
    const { jwks } = await keys()
    const { payload } = await jwtVerify(token, createLocalJWKSet(jwks), {
      algorithms: ['RS256'],
      ...names,
      requiredClaims: ['exp'],
    })
    const { sub, role, sid } = claims.parse(payload)
    return { principal: { kind: 'user', userId: sub, role }, sid }
  } catch (cause) {
    throw new AppError('unauthenticated', undefined, { cause })
  }
}

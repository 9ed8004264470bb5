import { jwtVerify, SignJWT } from 'jose'
import { AppError } from '../app-error.ts'
import { verifyingOnce } from './verified-tokens.ts'

const LIFETIME_SECONDS = 60
/** A token is used for so long, and then signed anew: signing one for every call would cost more than checking it. */
const USED_MS = 30_000

export interface ServiceTokens {
  /** The value of an Authorization header for a call to another service. */
  authorizationFor(audience: string): Promise<string>
  /** The calling service. @throws AppError unauthenticated */
  verify(token: string): Promise<string>
}

/**
 * Short-lived tokens for calls between services that no user started: HS256 under a secret that only services have,
 * `iss` the caller, `aud` the called.
 */
export function createServiceTokens(service: string, secret: string): ServiceTokens {
  const key = new TextEncoder().encode(secret)
  const verify = verifyingOnce(async (token) => {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['HS256'],
        typ: 'service+jwt',
        audience: service,
        requiredClaims: ['iss', 'exp'],
      })
      return payload as { iss: string; exp: number; nbf?: number }
    } catch (cause) {
      throw new AppError('unauthenticated', undefined, { cause })
    }
  })
  const signed = new Map<string, { readonly until: number; readonly authorization: string }>()
  return {
    authorizationFor: async (audience) => {
      const known = signed.get(audience)
      if (known && Date.now() < known.until) return known.authorization
      const token = await new SignJWT()
        .setProtectedHeader({ alg: 'HS256', typ: 'service+jwt' })
        .setIssuer(service)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime(`${LIFETIME_SECONDS}s`)
        .sign(key)
      const authorization = `Bearer ${token}`
      signed.set(audience, { until: Date.now() + USED_MS, authorization })
      return authorization
    },
    verify: async (token) => (await verify(token)).iss,
  }
}

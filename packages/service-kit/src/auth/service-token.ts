import { jwtVerify, SignJWT } from 'jose'
import { AppError } from '../app-error.ts'

const LIFETIME_SECONDS = 60

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
  return {
    authorizationFor: async (audience) => {
      const token = await new SignJWT()
        .setProtectedHeader({ alg: 'HS256', typ: 'service+jwt' })
        .setIssuer(service)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime(`${LIFETIME_SECONDS}s`)
        .sign(key)
      return `Bearer ${token}`
    },
    verify: async (token) => {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: ['HS256'],
          typ: 'service+jwt',
          audience: service,
          requiredClaims: ['iss', 'exp'],
        })
        return payload.iss as string
      } catch (cause) {
        throw new AppError('unauthenticated', undefined, { cause })
      }
    },
  }
}

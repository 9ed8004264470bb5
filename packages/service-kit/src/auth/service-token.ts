import { decodeJwt, jwtVerify, SignJWT } from 'jose'
import { AppError } from '../app-error.ts'
import { verifyingOnce } from './verified-tokens.ts'

const LIFETIME_SECONDS = 60
/** A token is used for this long, then another is signed: signing one for every call would cost more than checking it. */
const USED_MS = 30_000

export interface ServiceTokens {
  /** Whether there is a secret for calls to another service. */
  canCall(audience: string): boolean
  /** The value of an Authorization header for a call to another service. @throws TypeError without a secret for it */
  authorizationFor(audience: string): Promise<string>
  /** The calling service. @throws AppError unauthenticated */
  verify(token: string): Promise<string>
}

type Secrets = Readonly<Record<string, string | undefined>>

/** Secrets by the name of the other service. Each is known to two services alone: the caller and the called. */
export interface ServiceSecrets {
  /** Of the services that this one calls. */
  readonly calls?: Secrets
  /** Of the services that call this one. */
  readonly calledBy?: Secrets
}

/**
 * Short-lived tokens for calls between services that no user started: HS256, `iss` the caller, `aud` the called, under
 * the secret of these two. So no service can speak for another, whatever it knows.
 */
export function createServiceTokens(service: string, { calls = {}, calledBy = {} }: ServiceSecrets): ServiceTokens {
  const outgoing = keysOf(calls)
  const incoming = keysOf(calledBy)
  const verify = verifyingOnce(async (token) => {
    try {
      const { iss = '' } = decodeJwt(token)
      const key = incoming.get(iss)
      if (!key) throw new Error(`${service} shares no secret with the issuer`)
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['HS256'],
        typ: 'service+jwt',
        issuer: iss,
        audience: service,
        requiredClaims: ['exp'],
      })
      return payload as { iss: string; exp: number; nbf?: number }
    } catch (cause) {
      throw new AppError('unauthenticated', undefined, { cause })
    }
  })
  const signed = new Map<string, { readonly until: number; readonly authorization: string }>()
  return {
    canCall: (audience) => outgoing.has(audience),
    authorizationFor: async (audience) => {
      const known = signed.get(audience)
      if (known && Date.now() < known.until) return known.authorization
      const key = outgoing.get(audience)
      if (!key) throw new TypeError(`${service} has no secret for calls to ${audience}`)
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

function keysOf(secrets: Secrets): ReadonlyMap<string, Uint8Array> {
  const encoder = new TextEncoder()
  return new Map(
    Object.entries(secrets).flatMap(([name, secret]) => (secret ? [[name, encoder.encode(secret)] as const] : [])),
  )
}

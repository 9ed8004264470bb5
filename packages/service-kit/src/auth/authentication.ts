import { AppError } from '../app-error.ts'
import type { Authentication } from '../http/implement.ts'
import type { AccessTokenVerifier } from './access-token.ts'
import type { Principal } from './principal.ts'
import type { ServiceTokens } from './service-token.ts'

/** A known caller may not use a route; the app reports it as a security event. */
export class AccessRefused extends AppError {
  readonly principal: Principal

  constructor(principal: Principal) {
    super('forbidden')
    this.principal = principal
  }
}

/** Decides who may: by the token alone, never by a header that says who somebody is. */
export function createAuthentication(checks: {
  accessToken?: AccessTokenVerifier
  serviceTokens?: ServiceTokens
}): Authentication {
  return {
    async authenticate(access, authorization) {
      if (access === 'public') return undefined
      const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
      if (!token) throw unauthenticated()
      if (typeof access === 'object') {
        if (!checks.serviceTokens) throw unauthenticated()
        const service = await checks.serviceTokens.verify(token)
        const principal = { kind: 'service', service } as const
        if (!access.services.includes(service)) throw new AccessRefused(principal)
        return principal
      }
      if (!checks.accessToken) throw unauthenticated()
      const principal = await checks.accessToken(token)
      if (access === 'admin' && (principal.kind !== 'user' || principal.role !== 'admin'))
        throw new AccessRefused(principal)
      return principal
    },
  }
}

const unauthenticated = () => new AppError('unauthenticated', undefined, { headers: { 'www-authenticate': 'Bearer' } })

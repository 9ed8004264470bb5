import { createHash, randomBytes } from 'node:crypto'
import type { Role } from '@portico/contracts'
import { newId } from '@portico/service-kit'
import { SignJWT } from 'jose'
import type { SigningKeys } from './signing-keys.ts'

export const ACCESS_TOKEN_SECONDS = 900
export const TICKET_SECONDS = 30 as const

export interface TokenIssuer {
  /** `sid` is the session that the token belongs to. */
  accessToken(user: { id: string; role: Role }, sid: string): Promise<string>
  /**
   * Opens one WebSocket, which serves `until` (seconds since the epoch). It is never taken as an access token, since its
   * audience is another.
   */
  ticket(user: { id: string; role: Role }, audience: string, until: number): Promise<string>
}

export function createTokenIssuer(
  keys: () => Promise<SigningKeys>,
  names: { issuer: string; audience: string },
): TokenIssuer {
  const sign = async (
    user: { id: string; role: Role },
    audience: string,
    seconds: number,
    claims: Record<string, string | number>,
  ) => {
    const { current } = await keys()
    return new SignJWT({ role: user.role, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: current.kid, typ: 'JWT' })
      .setIssuer(names.issuer)
      .setAudience(audience)
      .setSubject(user.id)
      .setJti(newId())
      .setIssuedAt()
      .setExpirationTime(`${seconds}s`)
      .sign(current.key)
  }
  return {
    accessToken: (user, sid) => sign(user, names.audience, ACCESS_TOKEN_SECONDS, { sid }),
    ticket: (user, audience, until) => sign(user, audience, TICKET_SECONDS, { until }),
  }
}

/**
 * Refresh tokens are opaque: `FAMILY.SECRET`. All tokens of a session begin with the same random family, so a used one
 * is recognized for as long as the session lives, though only digests of the current one are stored. Tokens issued
 * before families existed have no dot and are their own family.
 */
export const firstRefreshToken = (): string => `${random()}.${random()}`

export const successorOf = (token: string): string => `${familyOf(token)}.${random()}`

/** What is stored of a refresh token. */
export const digestsOf = (token: string): { readonly family: string; readonly current: string } => ({
  family: sha256(familyOf(token)),
  current: sha256(token),
})

const familyOf = (token: string): string => token.split('.', 1)[0] ?? token
const random = (): string => randomBytes(32).toString('base64url')
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

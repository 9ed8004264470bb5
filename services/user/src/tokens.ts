import { createHash, randomBytes } from 'node:crypto'
import type { Role } from '@portico/contracts'
import { newId } from '@portico/service-kit'
import { SignJWT } from 'jose'
import type { SigningKeys } from './signing-keys.ts'

export const ACCESS_TOKEN_SECONDS = 900
export const TICKET_SECONDS = 30 as const

export interface TokenIssuer {
  /** `sid` is the session (family of refresh tokens) that the token belongs to. */
  accessToken(user: { id: string; role: Role }, sid: string): Promise<string>
  /** Good for opening one WebSocket; never taken as an access token, since its audience is another. */
  ticket(user: { id: string; role: Role }, audience: string): Promise<string>
}

export function createTokenIssuer(
  keys: () => Promise<SigningKeys>,
  names: { issuer: string; audience: string },
): TokenIssuer {
  const sign = async (
    user: { id: string; role: Role },
    audience: string,
    seconds: number,
    claims: Record<string, string>,
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
    ticket: (user, audience) => sign(user, audience, TICKET_SECONDS, {}),
  }
}

/** A new opaque refresh token of 256 bits, and what is stored of it. */
export function newRefreshToken(): { readonly token: string; readonly hash: string } {
  const token = randomBytes(32).toString('base64url')
  return { token, hash: hashRefreshToken(token) }
}

export const hashRefreshToken = (token: string): string => createHash('sha256').update(token).digest('hex')

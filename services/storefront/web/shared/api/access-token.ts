import type { Role } from '@portico/contracts'

/** An access token and what it says; kept in memory only. */
export interface AccessToken {
  readonly token: string
  readonly userId: string
  readonly role: Role
  /** Milliseconds since 1970, by this computer's clock. */
  readonly expiresAt: number
}

/** What `/v1/web/sessions` answers. */
export interface WebSession {
  readonly accessToken: string
  readonly expiresIn: number
}

/** Reads who the token is for. It is not verified: what it allows is decided by the services. */
export function readAccessToken({ accessToken, expiresIn }: WebSession): AccessToken {
  const payload = accessToken.split('.')[1] ?? ''
  const claims = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as { sub: string; role: Role }
  return { token: accessToken, userId: claims.sub, role: claims.role, expiresAt: Date.now() + expiresIn * 1000 }
}

import type { Role } from '@portico/contracts'

/** Who calls: a user by an access token, or a service by its own. */
export type Principal =
  | { readonly kind: 'user'; readonly userId: string; readonly role: Role }
  | { readonly kind: 'service'; readonly service: string }

/** The user behind a call on a route that only users may call. */
export function userIdOf(principal: Principal | undefined): string {
  if (principal?.kind !== 'user') throw new TypeError('this route is for users')
  return principal.userId
}

export const isAdmin = (principal: Principal | undefined): boolean =>
  principal?.kind === 'user' && principal.role === 'admin'

declare module 'hono' {
  interface ContextVariableMap {
    principal: Principal | undefined
  }
}

import type { AdministeredUser, Role, User } from '@portico/contracts'

/** A user as user-service keeps it. */
export interface Account {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: Role
  /** A disabled account can't log in, refresh a session or get a ticket. */
  readonly disabled: boolean
  readonly passwordHash: string
  readonly createdAt: Date
}

/** Addresses compare without case. */
export const normaliseEmail = (email: string): string => email.trim().toLowerCase()

/** What others may see of an account. */
export function toUser({ id, email, name, role, createdAt }: Account): User {
  return { id, email, name, role, createdAt: createdAt.toISOString() }
}

/** What admins see of an account. */
export const toAdministeredUser = (account: Account): AdministeredUser => ({
  ...toUser(account),
  disabled: account.disabled,
})

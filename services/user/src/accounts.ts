import type { Role, User } from '@portico/contracts'

/** A user as user-service keeps it. */
export interface Account {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly passwordHash: string
  readonly createdAt: Date
}

/** Addresses compare without case. */
export const normaliseEmail = (email: string): string => email.trim().toLowerCase()

/** What others may see of an account. */
export function toUser({ id, email, name, role, createdAt }: Account): User {
  return { id, email, name, role, createdAt: createdAt.toISOString() }
}

/** How guesses at one account are slowed down: after `free` failures in a row each further try waits, ever longer. */
export const guessing = { free: 10, firstMs: 1000, maxMs: 60_000, forgetMs: 15 * 60_000 } as const

export interface Guesses {
  readonly failures: number
  readonly lastAt: Date
}

/** Milliseconds until the next try at an account is looked at; 0 for at once. */
export function waitBeforeGuess(guesses: Guesses | undefined, now: number): number {
  if (!guesses || guesses.failures < guessing.free) return 0
  const since = now - guesses.lastAt.getTime()
  if (since >= guessing.forgetMs) return 0
  const wait = Math.min(guessing.maxMs, guessing.firstMs * 2 ** (guesses.failures - guessing.free))
  return Math.max(0, wait - since)
}

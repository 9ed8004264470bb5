import type { AuditEntry } from '@portico/contracts'
import type { Account } from '../accounts.ts'

/** `disabled` is missing in accounts made before it existed. */
export interface AccountDocument extends Omit<Account, 'id' | 'disabled'> {
  readonly _id: string
  /** In lower case; unique. */
  readonly emailKey: string
  readonly disabled?: boolean
}

/** One session, with digests of the refresh token that continues it. */
export interface SessionDocument {
  /** The `sid` of its access tokens. */
  readonly _id: string
  readonly userId: string
  /** Of what all its refresh tokens have in common: a used one is recognized without being kept. */
  readonly family: string
  /** Of the only token that may be used next. */
  readonly current: string
  readonly startedAt: Date
  /** Moves with each refresh, up to `endsAt`. */
  readonly expiresAt: Date
  readonly endsAt: Date
}

export interface ThrottleDocument {
  readonly _id: string
  readonly attempts: number
  /** No attempt is allowed before. */
  readonly openAt: Date
  readonly expiresAt: Date
}

export interface AuditDocument {
  readonly _id: string
  readonly actor: string
  readonly entry: AuditEntry
  /** Unique where it is set: of entries with the same value only the first is kept. */
  readonly once?: string | undefined
}

/** A network that an account has logged in from lately. */
export interface KnownNetworkDocument {
  readonly _id: string
  readonly expiresAt: Date
}

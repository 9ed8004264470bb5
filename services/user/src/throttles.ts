import { createHash } from 'node:crypto'
import { normaliseEmail } from './accounts.ts'

/** How attempts are slowed down: `free` attempts pass, then each further one waits, twice as long each time. */
export interface ThrottleRule {
  readonly free: number
  readonly firstWaitMs: number
  readonly maxWaitMs: number
  /** The count is dropped after this time without an attempt. */
  readonly forgetMs: number
}

/** One counter of attempts. */
export interface Counter {
  readonly key: string
  readonly rule: ThrottleRule
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const rules = {
  /** Wrong passwords for one account from one network. */
  network: { free: 10, firstWaitMs: 1000, maxWaitMs: 15 * MINUTE_MS, forgetMs: HOUR_MS },
  /** Wrong passwords for one account from all networks that it has not logged in from lately. */
  unknownNetworks: { free: 100, firstWaitMs: 1000, maxWaitMs: MINUTE_MS, forgetMs: HOUR_MS },
  /** Passwords given in one session, right ones too: each costs a hash, and nobody changes a password so often. */
  session: { free: 10, firstWaitMs: 1000, maxWaitMs: 15 * MINUTE_MS, forgetMs: HOUR_MS },
  /** Changes of the e-mail address: each attempt tells whether an address is taken. */
  emailChange: { free: 5, firstWaitMs: HOUR_MS, maxWaitMs: HOUR_MS, forgetMs: HOUR_MS },
} as const satisfies Record<string, ThrottleRule>

/** Hashed: people type passwords into the wrong field, and addresses are personal data. */
const counter = (name: keyof typeof rules, ...parts: string[]): Counter => ({
  key: createHash('sha256')
    .update([name, ...parts].join('\n'))
    .digest('base64url'),
  rule: rules[name],
})

export const guessesFromNetwork = (email: string, network: string) => counter('network', normaliseEmail(email), network)
export const guessesFromUnknownNetworks = (email: string) => counter('unknownNetworks', normaliseEmail(email))
export const passwordsInSession = (userId: string, sid: string) => counter('session', userId, sid)
export const emailChanges = (userId: string) => counter('emailChange', userId)

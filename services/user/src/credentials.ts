import { AppError } from '@portico/service-kit'
import type { Account } from './accounts.ts'
import type { Passwords } from './passwords.ts'
import type { Report } from './security-events.ts'
import { findAccountByEmail } from './store/accounts.ts'
import type { Database } from './store/database.ts'
import { isKnownNetwork, rememberNetwork } from './store/known-networks.ts'
import { giveBack, resetCounter, takeAttempt } from './store/throttles.ts'
import { emailChanges, guessesFromNetwork, guessesFromUnknownNetworks, passwordsInSession } from './throttles.ts'

/** What checks of credentials work with. */
export interface Checking {
  readonly db: Database
  readonly passwords: Passwords
}

/** A log-in as it was tried. */
export interface Credentials {
  readonly email: string
  readonly password: string
  /** The network of the client. */
  readonly network: string
}

/** Looked up for addresses without an account, so that both kinds take the same steps. */
const NOBODY = 'nobody'

/**
 * Finds the account of an e-mail address and a password. Guesses are throttled per account and network. Those from
 * networks that the account has not logged in from lately are throttled together as well, so that neither many networks
 * help an attacker nor an attacker elsewhere keeps the owner out.
 * @throws AppError too_many_attempts, wrong_credentials, account_disabled, unavailable
 */
export async function checkLogIn({ db, passwords }: Checking, given: Credentials, report: Report): Promise<Account> {
  const { email, password, network } = given
  const account = await findAccountByEmail(db, email)
  const userId = account?.id
  const own = guessesFromNetwork(email, network)
  const known = await isKnownNetwork(db, userId ?? NOBODY, network)
  const shared = known ? [] : [guessesFromUnknownNetworks(email)]
  const waitMs = await takeAttempt(db, [own, ...shared])
  if (waitMs > 0) {
    report('log_in.throttled', { userId })
    throw tooManyAttempts(waitMs)
  }
  const fits = await passwords.fits(password, account?.passwordHash).catch(async (error) => {
    await giveBack(db, [own, ...shared])
    throw error
  })
  if (!fits || !account) {
    report('log_in.failed', { userId })
    throw new AppError('wrong_credentials')
  }
  await Promise.all([resetCounter(db, own), giveBack(db, shared), rememberNetwork(db, account.id, network)])
  if (account.disabled) {
    report('log_in.disabled_account', { userId })
    throw new AppError('account_disabled')
  }
  return account
}

/** A signed-in user's proof that they know the password. */
export interface Proof {
  readonly account: Account
  readonly password: string
  readonly sid: string
}

/**
 * Checks the current password of a signed-in user, throttled per session: nobody outside it can use the attempts up.
 * @throws AppError too_many_attempts, forbidden, unavailable
 */
export async function checkOwnPassword({ db, passwords }: Checking, proof: Proof, report: Report): Promise<void> {
  const { account, password, sid } = proof
  const waitMs = await takeAttempt(db, [passwordsInSession(account.id, sid)])
  if (waitMs > 0) {
    report('password.throttled', { userId: account.id })
    throw tooManyAttempts(waitMs)
  }
  if (await passwords.fits(password, account.passwordHash)) return
  report('password.refused', { userId: account.id })
  throw new AppError('forbidden', 'The current password is wrong.')
}

/** Counts an attempt to change the e-mail address. @throws AppError too_many_attempts */
export async function countEmailChange(db: Database, userId: string, report: Report): Promise<void> {
  const waitMs = await takeAttempt(db, [emailChanges(userId)])
  if (waitMs === 0) return
  report('email.throttled', { userId })
  throw tooManyAttempts(waitMs)
}

function tooManyAttempts(waitMs: number): AppError {
  const seconds = Math.ceil(waitMs / 1000)
  const headers = { 'retry-after': String(seconds) }
  return new AppError('too_many_attempts', `Too many attempts. Retry in ${seconds} s.`, { headers })
}

import { issueTicket, logIn, logOut, refreshSession, type Session, type Ticket } from '@portico/contracts'
import { AppError, type Authentication, implement, userIdOf } from '@portico/service-kit'
import type { Hono } from 'hono'
import { type Account, waitBeforeGuess } from '../accounts.ts'
import { passwordFits } from '../passwords.ts'
import { countWrongGuess, findAccount, findAccountByEmail, findGuesses, forgetGuesses } from '../store/accounts.ts'
import type { Database } from '../store/database.ts'
import { endFamilyOf, type IssuedRefreshToken, rotate, startFamily } from '../store/refresh-tokens.ts'
import { ACCESS_TOKEN_SECONDS, TICKET_SECONDS, type TokenIssuer } from '../tokens.ts'

export interface SessionDependencies {
  readonly db: Database
  readonly tokens: TokenIssuer
  readonly authentication: Authentication
}

export function sessionRoutes(app: Hono, { db, tokens, authentication }: SessionDependencies): void {
  const sessionFor = async (account: Account, refresh: IssuedRefreshToken): Promise<Session> => ({
    accessToken: await tokens.accessToken(account, refresh.family),
    tokenType: 'Bearer',
    expiresIn: ACCESS_TOKEN_SECONDS,
    refreshToken: refresh.token,
  })

  implement(app, authentication, logIn, async ({ body }) => {
    const account = await checkPassword(db, body.email, body.password, 'wrong_credentials')
    return { status: 201, body: await sessionFor(account, await startFamily(db, account.id)), headers: noStore }
  })

  implement(app, authentication, refreshSession, async ({ body }) => {
    const refresh = await rotate(db, body.refreshToken)
    const account = refresh && (await findAccount(db, refresh.userId))
    if (!refresh || !account) throw new AppError('session_ended')
    return { status: 200, body: await sessionFor(account, refresh), headers: noStore }
  })

  implement(app, authentication, logOut, async ({ body }) => {
    await endFamilyOf(db, body.refreshToken)
    return { status: 204 }
  })

  implement(app, authentication, issueTicket, async ({ principal, body }) => {
    const account = await findAccount(db, userIdOf(principal))
    if (!account) throw new AppError('unauthenticated')
    const ticket: Ticket = { ticket: await tokens.ticket(account, body.audience), expiresIn: TICKET_SECONDS }
    return { status: 201, body: ticket, headers: noStore }
  })
}

/** RFC 6749, 5.1: answers with tokens are not to be kept by any cache. */
const noStore = { 'cache-control': 'no-store' }

/**
 * The account behind an address and a password; guesses at one account are slowed down.
 * @throws AppError too_many_attempts, or `wrong` when they don't fit
 */
export async function checkPassword(
  db: Database,
  email: string,
  password: string,
  wrong: 'wrong_credentials' | 'forbidden',
): Promise<Account> {
  const wait = waitBeforeGuess(await findGuesses(db, email), Date.now())
  if (wait > 0) {
    const seconds = Math.ceil(wait / 1000)
    throw new AppError('too_many_attempts', `Try again in ${seconds} s.`, {
      headers: { 'retry-after': String(seconds) },
    })
  }
  const account = await findAccountByEmail(db, email)
  if (!(await passwordFits(password, account?.passwordHash)) || !account) {
    await countWrongGuess(db, email, new Date())
    throw new AppError(wrong)
  }
  await forgetGuesses(db, email)
  return account
}

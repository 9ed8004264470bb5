import { issueTicket, logIn, logOut, refreshSession, type Session } from '@portico/contracts'
import { AppError, type Authentication, clientNetworkOf, implement, userIdOf } from '@portico/service-kit'
import type { Hono } from 'hono'
import type { Account } from '../accounts.ts'
import type { TokenOf } from '../authentication.ts'
import { checkLogIn } from '../credentials.ts'
import type { Passwords } from '../passwords.ts'
import { reportIn } from '../security-events.ts'
import { findAccount } from '../store/accounts.ts'
import type { Database } from '../store/database.ts'
import {
  endSession,
  endSessionOf,
  type IssuedSession,
  isLive,
  rotate,
  type SessionLifetime,
  startSession,
} from '../store/sessions.ts'
import { ACCESS_TOKEN_SECONDS, TICKET_SECONDS, type TokenIssuer } from '../tokens.ts'
import { ownAccount } from './users.ts'

export interface SessionDependencies {
  readonly db: Database
  readonly passwords: Passwords
  readonly lifetime: SessionLifetime
  readonly tokens: TokenIssuer
  readonly authentication: Authentication
  readonly tokenOf: TokenOf
}

export function sessionRoutes(app: Hono, dependencies: SessionDependencies): void {
  const { db, passwords, lifetime, tokens, authentication, tokenOf } = dependencies
  const answer = async (account: Account, { sid, refreshToken, expiresAt }: IssuedSession): Promise<Session> => ({
    accessToken: await tokens.accessToken(account, sid),
    tokenType: 'Bearer',
    expiresIn: ACCESS_TOKEN_SECONDS,
    refreshToken,
    refreshExpiresIn: Math.max(0, Math.floor((expiresAt.getTime() - Date.now()) / 1000)),
  })

  implement(app, authentication, logIn, async ({ body, c }) => {
    const checked = await checkLogIn({ db, passwords }, { ...body, network: clientNetworkOf(c) }, reportIn(c))
    const session = await startSession(db, checked.id, lifetime)
    const account = await unchangedSince(db, checked)
    if (!account) {
      await endSession(db, session.sid)
      throw new AppError('wrong_credentials')
    }
    return { status: 201, body: await answer(account, session), headers: noStore }
  })

  implement(app, authentication, refreshSession, async ({ body, c }) => {
    const session = await rotate(db, body.refreshToken, lifetime)
    if (session && 'reusedOf' in session) reportIn(c)('session.token_reused', { userId: session.reusedOf })
    if (!session || 'reusedOf' in session) throw new AppError('session_ended')
    const account = await findAccount(db, session.userId)
    if (!account || account.disabled) {
      await endSession(db, session.sid)
      throw new AppError('session_ended')
    }
    return { status: 200, body: await answer(account, session), headers: noStore }
  })

  implement(app, authentication, logOut, async ({ body }) => {
    await endSessionOf(db, body.refreshToken)
    return { status: 204 }
  })

  implement(app, authentication, issueTicket, async ({ principal, body, authorization }) => {
    const account = await ownAccount(db, userIdOf(principal))
    // An access token outlives its session by minutes; what a ticket opens must not outlive the token.
    const { sid, exp } = await tokenOf(authorization)
    if (!(await isLive(db, sid))) throw new AppError('session_ended')
    const ticket = await tokens.ticket(account, body.audience, exp)
    return { status: 201, body: { ticket, expiresIn: TICKET_SECONDS }, headers: noStore }
  })
}

/** RFC 6749, 5.1: answers with tokens are not to be kept by any cache. */
const noStore = { 'cache-control': 'no-store' }

/**
 * The account as it is now, unless its password was changed or it was disabled after the log-in was checked. Both change
 * the account before they end its sessions: a session that starts meanwhile is either ended by them or refused here.
 */
async function unchangedSince(db: Database, { id, passwordHash }: Account): Promise<Account | undefined> {
  const account = await findAccount(db, id)
  return account && !account.disabled && account.passwordHash === passwordHash ? account : undefined
}

import { changePassword, changeProfile, readProfile, registerUser } from '@portico/contracts'
import { AppError, type Authentication, implement, newId, userIdOf } from '@portico/service-kit'
import type { Hono } from 'hono'
import { type Account, toUser } from '../accounts.ts'
import type { TokenOf } from '../authentication.ts'
import { checkOwnPassword, countEmailChange } from '../credentials.ts'
import type { Passwords } from '../passwords.ts'
import { reportIn } from '../security-events.ts'
import { findAccount, insertAccount, updateAccount } from '../store/accounts.ts'
import type { Database } from '../store/database.ts'
import { endSessions } from '../store/sessions.ts'

export interface UserDependencies {
  readonly db: Database
  readonly passwords: Passwords
  readonly authentication: Authentication
  readonly tokenOf: TokenOf
}

export function userRoutes(app: Hono, dependencies: UserDependencies): void {
  const { db, passwords, authentication, tokenOf } = dependencies

  implement(app, authentication, registerUser, async ({ body }) => {
    const account: Account = {
      id: newId(),
      email: body.email,
      name: body.name,
      role: 'customer',
      disabled: false,
      passwordHash: await passwords.hash(body.password),
      createdAt: new Date(),
    }
    await insertAccount(db, account)
    return { status: 201, body: toUser(account) }
  })

  implement(app, authentication, readProfile, async ({ principal }) => {
    return { status: 200, body: toUser(await ownAccount(db, userIdOf(principal))) }
  })

  implement(app, authentication, changeProfile, async ({ principal, body, authorization, c }) => {
    const { currentPassword, ...change } = body
    const account = await ownAccount(db, userIdOf(principal))
    if (change.email !== undefined) {
      const proof = { account, password: currentPassword ?? '', sid: (await tokenOf(authorization)).sid }
      await checkOwnPassword({ db, passwords }, proof, reportIn(c))
      await countEmailChange(db, account.id, reportIn(c))
    }
    const changed = await updateAccount(db, account.id, change)
    if (!changed) throw new AppError('unauthenticated')
    if (changed.email !== account.email) reportIn(c)('email.changed', { userId: account.id })
    return { status: 200, body: toUser(changed) }
  })

  implement(app, authentication, changePassword, async ({ principal, body, authorization, c }) => {
    const account = await ownAccount(db, userIdOf(principal))
    const { id, passwordHash } = account
    const { sid } = await tokenOf(authorization)
    await checkOwnPassword({ db, passwords }, { account, password: body.currentPassword, sid }, reportIn(c))
    const change = { passwordHash: await passwords.hash(body.newPassword) }
    // Of two changes that start from the same password one wins.
    if (!(await updateAccount(db, id, change, { passwordHash }))) throw new AppError('forbidden')
    await endSessions(db, id, sid)
    reportIn(c)('password.changed', { userId: id })
    return { status: 204 }
  })
}

/** A valid token of an account that no longer exists is no credential. @throws AppError unauthenticated, account_disabled */
export async function ownAccount(db: Database, id: string): Promise<Account> {
  const account = await findAccount(db, id)
  if (!account) throw new AppError('unauthenticated')
  if (account.disabled) throw new AppError('account_disabled')
  return account
}

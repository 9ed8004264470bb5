import { changePassword, changeProfile, listUsers, readProfile, readUser, registerUser } from '@portico/contracts'
import { AppError, type Authentication, decodeCursor, implement, newId, userIdOf } from '@portico/service-kit'
import type { Hono } from 'hono'
import { type Account, toUser } from '../accounts.ts'
import { hashPassword } from '../passwords.ts'
import { findAccount, insertAccount, listAccounts, updateAccount } from '../store/accounts.ts'
import type { Database } from '../store/database.ts'
import { endOtherFamilies } from '../store/refresh-tokens.ts'
import { checkPassword } from './sessions.ts'

export interface UserDependencies {
  readonly db: Database
  readonly authentication: Authentication
  /** The session that an Authorization header belongs to. */
  readonly sessionOf: (authorization: string) => Promise<string | undefined>
}

export function userRoutes(app: Hono, { db, authentication, sessionOf }: UserDependencies): void {
  implement(app, authentication, registerUser, async ({ body }) => {
    const account: Account = {
      id: newId(),
      email: body.email,
      name: body.name,
      role: 'customer',
      passwordHash: await hashPassword(body.password),
      createdAt: new Date(),
    }
    await insertAccount(db, account)
    return { status: 201, body: toUser(account) }
  })

  implement(app, authentication, readProfile, async ({ principal }) => {
    return { status: 200, body: toUser(await ownAccount(db, userIdOf(principal))) }
  })

  implement(app, authentication, changeProfile, async ({ principal, body }) => {
    const account = await updateAccount(db, userIdOf(principal), body)
    if (!account) throw new AppError('unauthenticated')
    return { status: 200, body: toUser(account) }
  })

  implement(app, authentication, changePassword, async ({ principal, body, authorization }) => {
    const { id, email } = await ownAccount(db, userIdOf(principal))
    await checkPassword(db, email, body.currentPassword, 'forbidden')
    await updateAccount(db, id, { passwordHash: await hashPassword(body.newPassword) })
    await endOtherFamilies(db, id, await sessionOf(authorization))
    return { status: 204 }
  })

  implement(app, authentication, listUsers, async ({ query }) => {
    const [createdAt, id] = query.cursor ? decodeCursor(query.cursor, ['number', 'string']) : []
    const after = createdAt === undefined ? undefined : { createdAt: Number(createdAt), id: String(id) }
    const { accounts, nextCursor } = await listAccounts(db, { q: query.q, limit: query.limit, after })
    return { status: 200, body: { items: accounts.map(toUser), nextCursor } }
  })

  implement(app, authentication, readUser, async ({ params }) => {
    const account = await findAccount(db, params.id)
    if (!account) throw new AppError('not_found')
    return { status: 200, body: toUser(account) }
  })
}

/** A good token of an account that is gone is no credential any more. */
async function ownAccount(db: Database, id: string): Promise<Account> {
  const account = await findAccount(db, id)
  if (!account) throw new AppError('unauthenticated')
  return account
}

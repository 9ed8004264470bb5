import * as contract from '@portico/contracts'
import { type Actor, AppError, type Authentication, implement, positionOf, userIdOf } from '@portico/service-kit'
import type { Context, Hono } from 'hono'
import { toAdministeredUser } from '../accounts.ts'
import { changeAccount, endSessionsOf, requireActiveAdmin } from '../administration.ts'
import { reportIn } from '../security-events.ts'
import { findAccount, listAccounts } from '../store/accounts.ts'
import { listAudit, noteRead } from '../store/audit.ts'
import type { Database } from '../store/database.ts'

export interface AdminDependencies {
  readonly db: Database
  readonly authentication: Authentication
}

/** What admins may see and do. A token outlives a demotion by minutes, so the datastore is asked each time. */
export function adminRoutes(app: Hono, { db, authentication }: AdminDependencies): void {
  const admin = async (c: Context): Promise<Actor> => {
    const by = { userId: userIdOf(c.get('principal')), requestId: c.get('requestId') }
    await requireActiveAdmin(db, by.userId)
    return by
  }

  implement(app, authentication, contract.listUsers, async ({ query, c }) => {
    const by = await admin(c)
    const after = query.cursor === undefined ? undefined : positionOf(query.cursor)
    const { accounts, nextCursor } = await listAccounts(db, { q: query.q, limit: query.limit, after })
    const read = { action: 'user.listed', subject: 'users', after: query.q ? { q: query.q } : null } as const
    if (await noteRead(db, by, read)) reportIn(c)('user.listed', { actor: by.userId })
    return { status: 200, body: { items: accounts.map(toAdministeredUser), nextCursor } }
  })

  implement(app, authentication, contract.readUser, async ({ params, c }) => {
    const by = await admin(c)
    const account = await findAccount(db, params.id)
    if (!account) throw new AppError('not_found')
    // Admins are known to each other: the audit log names its actors, and must not grow by being looked at.
    if (account.role !== 'admin' && (await noteRead(db, by, { action: 'user.read', subject: account.id, after: null })))
      reportIn(c)('user.read', { actor: by.userId, userId: account.id })
    return { status: 200, body: toAdministeredUser(account) }
  })

  implement(app, authentication, contract.changeUser, async ({ params, body, c }) => {
    const by = await admin(c)
    const changed = await changeAccount(db, by, { id: params.id, settings: body }, reportIn(c))
    return { status: 200, body: toAdministeredUser(changed) }
  })

  implement(app, authentication, contract.endUserSessions, async ({ params, c }) => {
    await endSessionsOf(db, await admin(c), params.id, reportIn(c))
    return { status: 204 }
  })

  implement(app, authentication, contract.listUserAudit, async ({ query, c }) => {
    await admin(c)
    return { status: 200, body: await listAudit(db, query) }
  })
}

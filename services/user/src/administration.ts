import type { Role } from '@portico/contracts'
import { AccessRefused, type Actor, AppError, differenceOf } from '@portico/service-kit'
import type { Account } from './accounts.ts'
import type { Report } from './security-events.ts'
import { findAccount, findAccountByEmail, updateAccount } from './store/accounts.ts'
import { audited } from './store/audit.ts'
import type { Database } from './store/database.ts'
import { endSessions } from './store/sessions.ts'

export interface AccountSettings {
  readonly role?: Role | undefined
  readonly disabled?: boolean | undefined
}

/**
 * Refuses an admin whose token is still valid but whose account has been demoted or disabled.
 * @throws AppError forbidden
 */
export async function requireActiveAdmin(db: Database, userId: string): Promise<void> {
  const account = await findAccount(db, userId)
  if (account?.role !== 'admin' || account.disabled)
    throw new AccessRefused({ kind: 'user', userId, role: account?.role ?? 'customer' })
}

/**
 * Changes the role of a user, or disables or enables the account, and ends the user's sessions. Since admins can't change
 * their own account, at least the one who acts remains.
 * @throws AppError not_found, forbidden for one's own account, wrong_state when another admin changed it meanwhile
 */
export async function changeAccount(
  db: Database,
  by: Actor,
  { id, settings }: { readonly id: string; readonly settings: AccountSettings },
  report: Report,
): Promise<Account> {
  if (id === by.userId) throw new AppError('forbidden', "Admins can't change their own role or disable themselves.")
  const before = await existing(db, id)
  const { role = before.role, disabled = before.disabled } = settings
  const [from, to] = [stateOf(before), { role, disabled }]
  const difference = differenceOf(from, to)
  if (Object.keys(difference.after ?? {}).length === 0) return before
  const changed = await audited(db, by, { action: 'user.changed', subject: id, ...difference }, async () => {
    const account = await updateAccount(db, id, to, from)
    if (!account) throw new AppError('wrong_state', 'Another admin has changed this account. Read it again.')
    await keepAnAdmin(db, by, { id, from, to })
    return account
  })
  await endSessions(db, id)
  report('user.changed', { userId: id, actor: by.userId, ...difference })
  return changed
}

/**
 * Makes an account an admin for whoever runs a script on the server, and ends its sessions. Nobody is logged in there:
 * the audit log names the account itself.
 * @returns false when it is an admin already
 * @throws AppError not_found, account_disabled, wrong_state when somebody changed the account meanwhile
 */
export async function promoteAccount(db: Database, email: string): Promise<boolean> {
  const account = await findAccountByEmail(db, email)
  if (!account) throw new AppError('not_found', `There is no account with the address ${email}.`)
  if (account.disabled) throw new AppError('account_disabled', `The account ${email} is disabled.`)
  if (account.role === 'admin') return false
  const { id } = account
  const from = stateOf(account)
  const difference = differenceOf({ role: from.role }, { role: 'admin' })
  const act = { action: 'user.changed', subject: id, ...difference } as const
  await audited(db, { userId: id, requestId: 'promote-admin' }, act, async () => {
    if (await updateAccount(db, id, { role: 'admin' }, from)) return
    throw new AppError('wrong_state', 'Somebody changed this account meanwhile. Try again.')
  })
  await endSessions(db, id)
  return true
}

/**
 * Two admins may demote each other at the same moment. Each writes first and then checks that they are still an admin;
 * at least one of them sees the other's change and takes their own back.
 * @throws AppError forbidden
 */
async function keepAnAdmin(
  db: Database,
  by: Actor,
  { id, from, to }: { id: string; from: Required<AccountSettings>; to: Required<AccountSettings> },
): Promise<void> {
  try {
    await requireActiveAdmin(db, by.userId)
  } catch (error) {
    if (error instanceof AppError) await updateAccount(db, id, from, to)
    throw error
  }
}

/** Ends all sessions of a user. @throws AppError not_found */
export async function endSessionsOf(db: Database, by: Actor, id: string, report: Report): Promise<void> {
  await existing(db, id)
  const act = { action: 'user.sessions_ended', subject: id, before: null, after: null } as const
  await audited(db, by, act, () => endSessions(db, id))
  report('user.sessions_ended', { userId: id, actor: by.userId })
}

async function existing(db: Database, id: string): Promise<Account> {
  const account = await findAccount(db, id)
  if (!account) throw new AppError('not_found')
  return account
}

const stateOf = ({ role, disabled }: Account): Required<AccountSettings> => ({ role, disabled })

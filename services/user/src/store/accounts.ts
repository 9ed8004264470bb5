import { AppError, cursorAt, type Position } from '@portico/service-kit'
import { type Account, normaliseEmail } from '../accounts.ts'
import { type Database, isDuplicateKey } from './database.ts'
import type { AccountDocument } from './documents.ts'

const toAccount = ({ _id, emailKey: _, disabled = false, ...rest }: AccountDocument): Account => ({
  id: _id,
  disabled,
  ...rest,
})

/** @throws AppError email_taken */
export async function insertAccount(db: Database, { id, ...account }: Account): Promise<void> {
  await unlessTaken(db.accounts.insertOne({ _id: id, ...account, emailKey: normaliseEmail(account.email) }))
}

export async function findAccount(db: Database, id: string): Promise<Account | undefined> {
  const found = await db.accounts.findOne({ _id: id })
  return found ? toAccount(found) : undefined
}

export async function findAccountByEmail(db: Database, email: string): Promise<Account | undefined> {
  const found = await db.accounts.findOne({ emailKey: normaliseEmail(email) })
  return found ? toAccount(found) : undefined
}

type Changeable = 'email' | 'name' | 'passwordHash' | 'role' | 'disabled'
export type AccountChange = { readonly [Field in Changeable]?: Account[Field] | undefined }

/** The state that a change starts from. */
export type AccountState = Partial<Pick<Account, 'role' | 'disabled' | 'passwordHash'>>

/**
 * @param from the change is made only while the account is in this state
 * @returns the account after the change, or undefined where no account is in that state
 * @throws AppError email_taken
 */
export async function updateAccount(
  db: Database,
  id: string,
  { email, ...change }: AccountChange,
  { disabled, ...from }: AccountState = {},
): Promise<Account | undefined> {
  const set = { ...change, ...(email !== undefined && { email, emailKey: normaliseEmail(email) }) }
  // Accounts made before `disabled` existed lack it.
  const state = { ...from, ...(disabled !== undefined && { disabled: disabled || { $ne: true } }) }
  const update = db.accounts.findOneAndUpdate({ _id: id, ...state }, { $set: set }, { returnDocument: 'after' })
  const found = await unlessTaken(update)
  return found ? toAccount(found) : undefined
}

/** One page of accounts, the newest first. */
export async function listAccounts(
  db: Database,
  page: { q?: string | undefined; limit: number; after?: Position | undefined },
): Promise<{ accounts: Account[]; nextCursor: string | null }> {
  const conditions: object[] = []
  if (page.q) {
    const pattern = { $regex: RegExp.escape(page.q), $options: 'i' }
    conditions.push({ $or: [{ name: pattern }, { emailKey: pattern }] })
  }
  if (page.after) {
    const { createdAt, id } = page.after
    conditions.push({ $or: [{ createdAt: { $lt: createdAt } }, { createdAt, _id: { $lt: id } }] })
  }
  const found = await db.accounts
    .find(conditions.length > 0 ? { $and: conditions } : {})
    .sort({ createdAt: -1, _id: -1 })
    .limit(page.limit + 1)
    .toArray()
  const accounts = found.slice(0, page.limit).map(toAccount)
  const last = accounts.at(-1)
  const nextCursor = found.length > page.limit && last ? cursorAt(last) : null
  return { accounts, nextCursor }
}

async function unlessTaken<T>(write: Promise<T>): Promise<T> {
  try {
    return await write
  } catch (error) {
    if (isDuplicateKey(error)) throw new AppError('email_taken')
    throw error
  }
}

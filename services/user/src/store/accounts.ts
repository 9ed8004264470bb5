import { AppError, encodeCursor } from '@portico/service-kit'
import { MongoServerError } from 'mongodb'
import { type Account, guessing, normaliseEmail } from '../accounts.ts'
import type { AccountDocument, Database } from './database.ts'

const DUPLICATE_KEY = 11000

const toAccount = ({ _id, emailKey: _, ...rest }: AccountDocument): Account => ({ id: _id, ...rest })

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

/** @returns the account after the change, or undefined where there is none. @throws AppError email_taken */
export async function updateAccount(
  db: Database,
  id: string,
  { email, ...change }: { email?: string | undefined; name?: string | undefined; passwordHash?: string | undefined },
): Promise<Account | undefined> {
  const set = { ...change, ...(email !== undefined && { email, emailKey: normaliseEmail(email) }) }
  const found = await unlessTaken(db.accounts.findOneAndUpdate({ _id: id }, { $set: set }, { returnDocument: 'after' }))
  return found ? toAccount(found) : undefined
}

/** One page of accounts, the newest first. `after` is the last item's creation time (ms) and id. */
export async function listAccounts(
  db: Database,
  page: { q?: string | undefined; limit: number; after?: { createdAt: number; id: string } | undefined },
): Promise<{ accounts: Account[]; nextCursor: string | null }> {
  const conditions: object[] = []
  if (page.q) {
    const pattern = { $regex: RegExp.escape(page.q), $options: 'i' }
    conditions.push({ $or: [{ name: pattern }, { emailKey: pattern }] })
  }
  if (page.after) {
    const createdAt = new Date(page.after.createdAt)
    conditions.push({ $or: [{ createdAt: { $lt: createdAt } }, { createdAt, _id: { $lt: page.after.id } }] })
  }
  const found = await db.accounts
    .find(conditions.length > 0 ? { $and: conditions } : {})
    .sort({ createdAt: -1, _id: -1 })
    .limit(page.limit + 1)
    .toArray()
  const accounts = found.slice(0, page.limit).map(toAccount)
  const last = accounts.at(-1)
  const nextCursor = found.length > page.limit && last ? encodeCursor([last.createdAt.getTime(), last.id]) : null
  return { accounts, nextCursor }
}

export async function findGuesses(db: Database, email: string) {
  return (await db.guesses.findOne({ _id: normaliseEmail(email) })) ?? undefined
}

/** Counts a wrong password; failures older than the forgetting time start anew. */
export async function countWrongGuess(db: Database, email: string, now: Date): Promise<void> {
  const _id = normaliseEmail(email)
  const stale = new Date(now.getTime() - guessing.forgetMs)
  await db.guesses.deleteOne({ _id, lastAt: { $lt: stale } })
  await db.guesses.updateOne({ _id }, { $inc: { failures: 1 }, $set: { lastAt: now } }, { upsert: true })
}

export async function forgetGuesses(db: Database, email: string): Promise<void> {
  await db.guesses.deleteOne({ _id: normaliseEmail(email) })
}

async function unlessTaken<T>(write: Promise<T>): Promise<T> {
  try {
    return await write
  } catch (error) {
    if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) throw new AppError('email_taken')
    throw error
  }
}

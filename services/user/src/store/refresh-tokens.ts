import { newId } from '@portico/service-kit'
import { hashRefreshToken, newRefreshToken } from '../tokens.ts'
import type { Database } from './database.ts'

const LIFETIME_MS = 30 * 24 * 3600 * 1000

export interface IssuedRefreshToken {
  readonly token: string
  readonly family: string
  readonly userId: string
}

/** Starts a session: a new family with its first token. */
export const startFamily = (db: Database, userId: string): Promise<IssuedRefreshToken> => issue(db, userId, newId())

/**
 * Uses a token up and issues the next of its family. Of two callers with the same token one wins; the other is a
 * reuse, as is any later one, and ends the whole family.
 * @returns undefined when the token is unknown, expired, or was used before
 */
export async function rotate(db: Database, token: string): Promise<IssuedRefreshToken | undefined> {
  const _id = hashRefreshToken(token)
  const used = await db.refreshTokens.findOneAndUpdate(
    { _id, used: false, expiresAt: { $gt: new Date() } },
    { $set: { used: true } },
  )
  if (used) return issue(db, used.userId, used.family)
  const reused = await db.refreshTokens.findOne({ _id })
  if (reused) await endFamily(db, reused.family)
  return undefined
}

/** Ends the family of a token; an unknown one changes nothing. */
export async function endFamilyOf(db: Database, token: string): Promise<void> {
  const found = await db.refreshTokens.findOne({ _id: hashRefreshToken(token) })
  if (found) await endFamily(db, found.family)
}

/** Ends every session of a user but one. */
export async function endOtherFamilies(db: Database, userId: string, kept: string | undefined): Promise<void> {
  await db.refreshTokens.deleteMany({ userId, ...(kept !== undefined && { family: { $ne: kept } }) })
}

async function endFamily(db: Database, family: string): Promise<void> {
  await db.refreshTokens.deleteMany({ family })
}

async function issue(db: Database, userId: string, family: string): Promise<IssuedRefreshToken> {
  const { token, hash } = newRefreshToken()
  await db.refreshTokens.insertOne({
    _id: hash,
    family,
    userId,
    used: false,
    expiresAt: new Date(Date.now() + LIFETIME_MS),
  })
  return { token, family, userId }
}

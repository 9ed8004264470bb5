import { newId } from '@portico/service-kit'
import { digestsOf, firstRefreshToken, successorOf } from '../tokens.ts'
import type { Database } from './database.ts'
import type { SessionDocument } from './documents.ts'

const DAY_MS = 24 * 3600 * 1000

/** How long a session lives. */
export interface SessionLifetime {
  /** Without a refresh. */
  readonly idleDays: number
  /** In all. */
  readonly maxDays: number
}

export const defaultLifetime: SessionLifetime = { idleDays: 30, maxDays: 90 }

/** A session with the refresh token that continues it. */
export interface IssuedSession {
  readonly sid: string
  readonly userId: string
  readonly refreshToken: string
  /** When the session ends unless it is refreshed before. */
  readonly expiresAt: Date
}

/** The outcome of a refresh; a reused token ends its session. */
export type Rotation = IssuedSession | { readonly reusedOf: string } | undefined

export async function startSession(db: Database, userId: string, lifetime: SessionLifetime): Promise<IssuedSession> {
  const refreshToken = firstRefreshToken()
  const now = Date.now()
  const endsAt = new Date(now + lifetime.maxDays * DAY_MS)
  const expiresAt = new Date(Math.min(endsAt.getTime(), now + lifetime.idleDays * DAY_MS))
  const sid = newId()
  await db.sessions.insertOne({
    _id: sid,
    userId,
    ...digestsOf(refreshToken),
    startedAt: new Date(now),
    expiresAt,
    endsAt,
  })
  return { sid, userId, refreshToken, expiresAt }
}

/**
 * Replaces a session's refresh token by its successor in one statement, so a session that ends at the same moment
 * stays ended. Of two callers with the same token one wins; the other one reuses it, which ends the session.
 * @returns undefined when the token is unknown or the session has expired
 */
export async function rotate(db: Database, token: string, { idleDays }: SessionLifetime): Promise<Rotation> {
  const { family, current } = digestsOf(token)
  const refreshToken = successorOf(token)
  const now = Date.now()
  const idleUntil = new Date(now + idleDays * DAY_MS)
  const rotated = await db.sessions.findOneAndUpdate(
    { family, current, expiresAt: { $gt: new Date(now) } },
    [{ $set: { current: digestsOf(refreshToken).current, expiresAt: { $min: ['$endsAt', idleUntil] } } }],
    { returnDocument: 'after' },
  )
  if (rotated) return { sid: rotated._id, userId: rotated.userId, refreshToken, expiresAt: rotated.expiresAt }
  const ended = await db.sessions.findOneAndDelete({ family })
  return isReuse(ended, now) ? { reusedOf: ended.userId } : undefined
}

const isReuse = (ended: SessionDocument | null, now: number): ended is SessionDocument =>
  ended !== null && ended.expiresAt.getTime() > now

/** Whether a session has neither ended nor expired. */
export async function isLive(db: Database, sid: string): Promise<boolean> {
  return (await db.sessions.findOne({ _id: sid, expiresAt: { $gt: new Date() } })) !== null
}

/** Ends the session of a refresh token, used or not; an unknown one changes nothing. */
export async function endSessionOf(db: Database, token: string): Promise<void> {
  await db.sessions.deleteOne({ family: digestsOf(token).family })
}

export async function endSession(db: Database, sid: string): Promise<void> {
  await db.sessions.deleteOne({ _id: sid })
}

/** Ends the sessions of a user, all or all but one. @returns how many there were */
export async function endSessions(db: Database, userId: string, kept?: string): Promise<number> {
  const { deletedCount } = await db.sessions.deleteMany({ userId, ...(kept !== undefined && { _id: { $ne: kept } }) })
  return deletedCount
}

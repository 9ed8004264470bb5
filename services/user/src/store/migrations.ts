import { type Db, MongoBulkWriteError } from 'mongodb'
import type { SessionDocument } from './documents.ts'

/** Forward only, in order. Each step does nothing where it was done before. */
export async function migrate(db: Db): Promise<void> {
  await db.collection('accounts').createIndex({ emailKey: 1 }, { unique: true })
  await db.collection('accounts').createIndex({ createdAt: -1, _id: -1 })
  await db.collection('sessions').createIndex({ family: 1 }, { unique: true })
  await db.collection('sessions').createIndex({ userId: 1 })
  for (const name of ['sessions', 'throttles', 'known_networks'])
    await db.collection(name).createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 })
  await db.collection('audit').createIndex({ actor: 1, _id: -1 })
  const repeatable = { unique: true, partialFilterExpression: { once: { $exists: true } } }
  await db.collection('audit').createIndex({ once: 1 }, repeatable)
  await adoptRefreshTokens(db)
  await db.collection('guesses').drop()
}

/** Until sessions were documents, each refresh token was one; used ones were kept. */
interface FormerRefreshToken {
  readonly _id: string
  readonly family: string
  readonly userId: string
  readonly used: boolean
  readonly expiresAt: Date
}

const BATCH = 500
const ADOPTED_MS = 90 * 24 * 3600 * 1000

/** Turns the refresh tokens that still serve into sessions. Their tokens stay valid; used ones are forgotten. */
async function adoptRefreshTokens(db: Db): Promise<void> {
  const tokens = db.collection<FormerRefreshToken>('refresh_tokens')
  for (;;) {
    const now = Date.now()
    const batch = await tokens.find({ used: false, expiresAt: { $gt: new Date(now) } }, { limit: BATCH }).toArray()
    if (batch.length === 0) break
    const adopted = batch.map(({ _id, family, userId, expiresAt }) => {
      const endsAt = new Date(now + ADOPTED_MS)
      return { _id: family, userId, family: _id, current: _id, startedAt: new Date(now), expiresAt, endsAt }
    })
    const insert = db.collection<SessionDocument>('sessions').insertMany(adopted, { ordered: false })
    // Another replica was quicker with some of them.
    await insert.catch((error: unknown) => {
      if (!(error instanceof MongoBulkWriteError)) throw error
    })
    await tokens.deleteMany({ family: { $in: batch.map(({ family }) => family) } })
  }
  await tokens.drop()
}

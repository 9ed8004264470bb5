import { type Collection, type Db, MongoClient } from 'mongodb'
import type { Account, Guesses } from '../accounts.ts'

export interface AccountDocument extends Omit<Account, 'id'> {
  readonly _id: string
  /** In lower case; unique. */
  readonly emailKey: string
}

/** One refresh token, by its hash. A used one is kept until it would have expired, so that reuse is seen. */
export interface RefreshTokenDocument {
  readonly _id: string
  readonly family: string
  readonly userId: string
  readonly used: boolean
  readonly expiresAt: Date
}

export interface GuessesDocument extends Guesses {
  readonly _id: string
}

export interface Database {
  readonly accounts: Collection<AccountDocument>
  readonly refreshTokens: Collection<RefreshTokenDocument>
  readonly guesses: Collection<GuessesDocument>
  ping(): Promise<void>
  drop(): Promise<void>
  close(): Promise<void>
}

const SERVER_SELECTION_MS = 2000

/** Connects and makes the indexes; safe when several replicas do it at once. */
export async function openDatabase(url: string): Promise<Database> {
  const client = new MongoClient(url, {
    serverSelectionTimeoutMS: SERVER_SELECTION_MS,
    writeConcern: { w: 'majority', journal: true },
    ignoreUndefined: true,
  })
  await client.connect()
  const named = new URL(url).pathname.length > 1
  const db = client.db(named ? undefined : 'portico_user')
  await migrate(db)
  return {
    accounts: db.collection<AccountDocument>('accounts'),
    refreshTokens: db.collection<RefreshTokenDocument>('refresh_tokens'),
    guesses: db.collection<GuessesDocument>('guesses'),
    ping: async () => void (await db.command({ ping: 1 })),
    drop: async () => void (await db.dropDatabase()),
    close: () => client.close(),
  }
}

/** Indexes are all the schema there is: making one that exists does nothing. Forward only, in order. */
async function migrate(db: Db): Promise<void> {
  await db.collection('accounts').createIndex({ emailKey: 1 }, { unique: true })
  await db.collection('accounts').createIndex({ createdAt: -1, _id: -1 })
  await db.collection('refresh_tokens').createIndex({ family: 1 })
  await db.collection('refresh_tokens').createIndex({ userId: 1 })
  await db.collection('refresh_tokens').createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 })
  await db.collection('guesses').createIndex({ lastAt: 1 }, { expireAfterSeconds: 900 })
}

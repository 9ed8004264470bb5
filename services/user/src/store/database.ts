import { type Collection, type Db, MongoClient, MongoServerError } from 'mongodb'
import type {
  AccountDocument,
  AuditDocument,
  KnownNetworkDocument,
  SessionDocument,
  ThrottleDocument,
} from './documents.ts'
import { migrate } from './migrations.ts'

export interface Database {
  readonly accounts: Collection<AccountDocument>
  readonly sessions: Collection<SessionDocument>
  readonly throttles: Collection<ThrottleDocument>
  readonly knownNetworks: Collection<KnownNetworkDocument>
  readonly audit: Collection<AuditDocument>
  ping(): Promise<void>
  drop(): Promise<void>
  close(): Promise<void>
}

const SERVER_SELECTION_MS = 2000

/** Connects and migrates; safe when several replicas do it at once. */
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
    ...collectionsOf(db),
    ping: async () => void (await db.command({ ping: 1 })),
    drop: async () => void (await db.dropDatabase()),
    close: () => client.close(),
  }
}

function collectionsOf(db: Db) {
  // A crash may forget a few attempts: not worth a flush to disk for each.
  const volatile = { writeConcern: { w: 1, journal: false } } as const
  return {
    accounts: db.collection<AccountDocument>('accounts'),
    sessions: db.collection<SessionDocument>('sessions'),
    throttles: db.collection<ThrottleDocument>('throttles', volatile),
    knownNetworks: db.collection<KnownNetworkDocument>('known_networks', volatile),
    audit: db.collection<AuditDocument>('audit'),
  }
}

const DUPLICATE_KEY = 11000

export const isDuplicateKey = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code === DUPLICATE_KEY

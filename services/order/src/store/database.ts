import type { OrderStatus } from '@portico/contracts'
import { CompiledQuery, type Generated, Kysely, MysqlDialect, sql, type Transaction } from 'kysely'
import { Migrator } from 'kysely/migration'
import { createPool } from 'mysql2'
import { migrations } from '../migrations/index.ts'

export interface Schema {
  orders: {
    id: string
    customer_id: string
    status: OrderStatus
    attempt: number
    currency: string
    total_amount: number
    refunded_amount: number
    payment_id: string | null
    returning_all: number
    created_at: Date
    changed_at: Date
  }
  order_lines: {
    order_id: string
    position: number
    product_id: string
    name: string
    quantity: number
    unit_amount: number
  }
  idempotency: { scope: string; body_hash: string; status: number; body: string; created_at: Date }
  outbox: { position: Generated<number>; event: string; created_at: Date; published_at: Date | null }
  inbox: { event_id: string; handled_at: Date }
  status_sequences: { customer_id: string; last: number }
  status_changes: {
    customer_id: string
    sequence: number
    event_id: string
    order_id: string
    status: OrderStatus
    changed_at: Date
  }
  used_tickets: { id: string; expires_at: Date }
}

export type Db = Kysely<Schema>
export type Tx = Transaction<Schema>

/** Connections of one kind of work: three replicas stay below the 151 that MySQL and MariaDB allow by default. */
export const CONNECTIONS = 24

/** Connects as needed: in UTC, and strict whatever the server's default is. */
export function connect(url: string): Db {
  return new Kysely<Schema>({
    dialect: new MysqlDialect({
      pool: createPool({
        uri: url,
        connectionLimit: CONNECTIONS,
        timezone: 'Z',
        charset: 'utf8mb4',
        connectTimeout: 3000,
        enableKeepAlive: true,
      }),
      onCreateConnection: async (connection) => {
        await connection.executeQuery(
          CompiledQuery.raw("set session sql_mode = concat(@@sql_mode, ',STRICT_ALL_TABLES')"),
        )
      },
    }),
  })
}

/** Connects and migrates; Kysely's lock makes that safe when several replicas do it at once. */
export async function openDatabase(url: string): Promise<Db> {
  const db = connect(url)
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest()
  if (error) {
    await db.destroy()
    throw error
  }
  return db
}

export const ping = async (db: Db): Promise<void> => void (await sql`select 1`.execute(db))

/**
 * Does work while holding a named lock, which ends with its connection, so that a crash can't leave it behind. Names
 * are the server's, at most 64 characters: hashed with the database's, so that shops on one server don't meet.
 * @returns undefined when somebody else holds it
 */
export async function whileLocked<T>(db: Db, name: string, work: (db: Db) => Promise<T>): Promise<T | undefined> {
  return db.connection().execute(async (connection) => {
    const lock = sql`sha2(concat(database(), ' ', ${name}), 256)`
    const { rows } = await sql<{ held: number }>`select get_lock(${lock}, 0) as held`.execute(connection)
    if (rows[0]?.held !== 1) return undefined
    try {
      return await work(connection)
    } finally {
      await sql`do release_lock(${lock})`.execute(connection)
    }
  })
}

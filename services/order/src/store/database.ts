import type { OrderStatus } from '@portico/contracts'
import type { MessageTables } from '@portico/service-kit/mysql'
import { CompiledQuery, Kysely, MysqlDialect, sql, type Transaction } from 'kysely'
import { Migrator } from 'kysely/migration'
import { createPool } from 'mysql2'
import { migrations } from '../migrations/index.ts'

export interface Schema extends MessageTables {
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
  status_sequences: { customer_id: string; last: number }
  status_changes: {
    customer_id: string
    sequence: number
    event_id: string
    order_id: string
    status: OrderStatus
    changed_at: Date
    request_id: string | null
  }
  used_tickets: { id: string; expires_at: Date }
  audit: { id: string; actor: string; entry: string }
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

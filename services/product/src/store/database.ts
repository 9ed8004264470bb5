import { Socket } from 'node:net'
import type { AuditEntry } from '@portico/contracts'
import type { MessageTables } from '@portico/service-kit/postgres'
import { type ColumnType, type Generated, Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import { Migrator } from 'kysely/migration'
import pg from 'pg'
import { migrations } from '../migrations/index.ts'

export interface ProductTable {
  id: string
  sku: string
  name: string
  description: string
  category: string
  price_amount: ColumnType<number, number, number>
  price_currency: string
  /** On the shelf: what is held is still in it, what is sold is not. */
  stock: number
  /** The part of the stock that unconfirmed holds keep; those that have ended are swept out of it. */
  held: number
  image_url: string | null
  version: Generated<number>
  retired: Generated<boolean>
  updated_at: Generated<Date>
}

export interface AttemptTable {
  key: string
  state: 'held' | 'sold' | 'closed'
  expires_at: Date | null
}

export interface AttemptLineTable {
  attempt_key: string
  product_id: string
  quantity: number
  name: string
  unit_amount: number
  unit_currency: string
}

export interface StockMovementTable {
  id: Generated<number>
  product_id: string
  delta: number
  reason: string
  attempt_key: string | null
  at: Generated<Date>
}

export interface Schema extends MessageTables {
  product: ProductTable
  attempt: AttemptTable
  attempt_line: AttemptLineTable
  stock_movement: StockMovementTable
  audit: { id: string; actor: string; entry: AuditEntry }
}

export type Db = Kysely<Schema>
export type Tx = Transaction<Schema>

const INT8 = 20

/** PostgreSQL ends statements that take longer. */
const STATEMENT_MS = 10_000
/** So a connection that says nothing for longer died without a word, and is given up for a new one. */
const SILENT_MS = 12_000

/** Connects and migrates; Kysely's lock makes that safe when several replicas do it at once. */
export async function openDatabase(url: string, { silentMs = SILENT_MS } = {}): Promise<Db> {
  // Amounts and counts fit a double; as texts they would not add up.
  pg.types.setTypeParser(INT8, Number)
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: openPool(url, silentMs) }) })
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest()
  if (error) {
    await db.destroy()
    throw error
  }
  return db
}

function openPool(url: string, silentMs: number): pg.Pool {
  const stream = () => {
    const socket = new Socket()
    return socket.setTimeout(silentMs, () => socket.destroy())
  }
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 3000,
    statement_timeout: STATEMENT_MS,
    stream,
  })
  // A connection broke. The pool drops it and the next query opens another; a query that ran on it rejects by itself.
  const ignore = () => undefined
  pool.on('error', ignore)
  pool.on('connect', (client) => client.on('error', ignore))
  return pool
}

export const ping = async (db: Db): Promise<void> => void (await sql`select 1`.execute(db))

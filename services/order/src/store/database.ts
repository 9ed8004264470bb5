import { connect as openSocket } from 'node:net'
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
    /** The sum of its lines' quantities. */
    units: number
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
  status_sequences: { customer_id: string; last: number; attempts: number; attempts_hour: number }
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

/**
 * A connection that has said nothing for so long is given up, so that what waits on one that died without a word fails and
 * may be tried again. Longer than any statement of a request takes; those that were not used for so long are made anew.
 */
const SILENT_MS = 10_000

/**
 * Connects as needed: in UTC, and strict whatever the server's default is.
 * @param silentMs 0 for statements that may take any time
 */
export function connect(url: string, { silentMs = SILENT_MS } = {}): Db {
  const { hostname, port } = new URL(url)
  const stream = () => {
    const socket = openSocket({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || 3306),
      noDelay: true,
      keepAlive: true,
    })
    return socket.setTimeout(silentMs, () => socket.destroy())
  }
  return new Kysely<Schema>({
    dialect: new MysqlDialect({
      pool: createPool({
        ...{ uri: url, stream, connectionLimit: CONNECTIONS, connectTimeout: 3000 },
        // An idle connection is closed with COM_QUIT before the socket times out: the server logs others as aborted. The
        // pool looks for idle connections only while `maxIdle` is below the limit.
        ...{ gracefulEnd: true, maxIdle: CONNECTIONS - 1, idleTimeout: silentMs / 2 },
        ...{ timezone: 'Z', charset: 'utf8mb4' },
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
  const patient = connect(url, { silentMs: 0 })
  try {
    const provider = { getMigrations: async () => migrations }
    const { error } = await new Migrator({ db: patient, provider }).migrateToLatest()
    if (error) throw error
  } finally {
    await patient.destroy()
  }
  return connect(url)
}

export const ping = async (db: Db): Promise<void> => void (await sql`select 1`.execute(db))

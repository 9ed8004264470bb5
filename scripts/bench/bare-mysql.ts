import { randomUUID } from 'node:crypto'
import { createPool, type PoolConnection } from 'mysql2/promise'

const CONNECTIONS = 24
/** As long as what placing an order keeps: the answer, and the event. */
const TEXT = JSON.stringify({ text: 'x'.repeat(500) })
const tables = ['orders', 'order_lines', 'status_sequences', 'status_changes', 'idempotency', 'outbox'] as const

/**
 * How many transactions a second this MySQL makes of an order, its line, its status in the customer's sequence, the answer
 * under its key and an event, without anything around them: on copies of order-service's tables, which are dropped again.
 */
export async function measureBareMysql(url: string, seconds: number): Promise<number> {
  const pool = createPool({ uri: url, connectionLimit: CONNECTIONS, timezone: 'Z' })
  const drop = () => pool.query(`drop table if exists ${tables.map((name) => `bench_${name}`).join(', ')}`)
  try {
    await drop()
    for (const name of tables) await pool.query(`create table bench_${name} like ${name}`)
    const until = performance.now() + seconds * 1000
    const startedAt = performance.now()
    let done = 0
    const work = async () => {
      const connection = await pool.getConnection()
      try {
        while (performance.now() < until) {
          await writeOrder(connection)
          done += 1
        }
      } finally {
        // A transaction that failed half-way would keep its tables from being dropped.
        connection.destroy()
      }
    }
    await Promise.all(Array.from({ length: CONNECTIONS }, work))
    return done / ((performance.now() - startedAt) / 1000)
  } finally {
    await drop()
    await pool.end()
  }
}

async function writeOrder(connection: PoolConnection): Promise<void> {
  const [id, now] = [randomUUID(), new Date()]
  const scope = id.replaceAll('-', '').repeat(2)
  await connection.query('begin')
  await connection.query(
    `insert into bench_orders (id, customer_id, status, attempt, currency, total_amount, created_at, changed_at)
     values (?, ?, 'pending', 1, 'EUR', 1000, ?, ?)`,
    [id, id, now, now],
  )
  await connection.query(
    `insert into bench_order_lines (order_id, position, product_id, name, quantity, unit_amount) values (?, 0, ?, 'Lamp', 1, 1000)`,
    [id, id],
  )
  await connection.query('insert into bench_status_sequences (customer_id, last) values (?, 1)', [id])
  await connection.query(
    `insert into bench_status_changes (customer_id, sequence, event_id, order_id, status, changed_at)
     values (?, 1, ?, ?, 'pending', ?)`,
    [id, id, id, now],
  )
  await connection.query('insert into bench_outbox (event, created_at) values (?, ?)', [TEXT, now])
  await connection.query(
    'insert into bench_idempotency (scope, body_hash, status, body, created_at) values (?, ?, 201, ?, ?)',
    [scope, scope, TEXT, now],
  )
  await connection.query('commit')
}

import { createConnection, type RowDataPacket } from 'mysql2/promise'
import type { EventRow, Evidence } from './evidence.ts'

/** What order-service's MySQL says. */
export async function readOrders(url: string): Promise<Pick<Evidence, 'orders' | 'orderEvents' | 'unfinished'>> {
  const connection = await createConnection({ uri: url, connectTimeout: 3000 })
  try {
    const query = async (sql: string) => (await connection.query<RowDataPacket[]>(sql))[0]
    const lines = Map.groupBy(
      await query('select * from order_lines order by order_id, position'),
      (row) => row.order_id,
    )
    const orders = (await query('select * from orders')).map((row) => ({
      id: row.id,
      status: row.status,
      attempt: row.attempt,
      total: Number(row.total_amount),
      refunded: Number(row.refunded_amount),
      paymentId: row.payment_id,
      returning: row.returning_all === 1,
      lines: (lines.get(row.id) ?? []).map((line) => ({
        productId: line.product_id,
        quantity: line.quantity,
        unitAmount: Number(line.unit_amount),
      })),
    }))
    const orderEvents = (await query('select event, published_at from outbox order by position')).map(toEvent)
    const waiting = orderEvents.filter(({ published }) => !published)
    return {
      orders,
      orderEvents,
      unfinished: waiting.length > 0 ? [`${waiting.length} events wait in order-service's outbox`] : [],
    }
  } finally {
    connection.destroy()
  }
}

/** A row of an outbox table; the event is JSON, as text or read already. */
export function toEvent(row: Readonly<Record<string, unknown>>): EventRow {
  const { id, type, data } = (typeof row.event === 'string' ? JSON.parse(row.event) : row.event) as EventRow
  return { id, type, orderId: String(data.orderId), data, published: row.published_at !== null }
}

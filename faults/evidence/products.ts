import pg from 'pg'
import type { Evidence } from './evidence.ts'
import { toEvent } from './orders.ts'

type Part = Pick<Evidence, 'products' | 'movements' | 'attempts' | 'productEvents' | 'unfinished'>

/** What product-service's PostgreSQL says. */
export async function readProducts(url: string): Promise<Part> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000, query_timeout: 20_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const query = async (sql: string) => (await client.query(sql)).rows
    const productEvents = (await query('select event, published_at from outbox order by position')).map(toEvent)
    const waiting = productEvents.filter(({ published }) => !published)
    const attempts = (await query('select key, state from attempt')) as Part['attempts']
    const held = attempts.filter(({ state }) => state === 'held')
    return {
      products: (await query('select id, stock, held from product')) as Part['products'],
      movements: (await query('select product_id, delta, reason, attempt_key from stock_movement order by id')).map(
        ({ product_id: productId, delta, reason, attempt_key: attempt }) => ({ productId, delta, reason, attempt }),
      ),
      attempts,
      productEvents,
      unfinished: [
        ...(waiting.length > 0 ? [`${waiting.length} events wait in product-service's outbox`] : []),
        ...(held.length > 0 ? [`${held.length} holds are left`] : []),
      ],
    }
  } finally {
    await client.end()
  }
}

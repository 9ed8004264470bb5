import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Connection, createConnection } from 'mysql2/promise'
import type { Shop } from './shop.ts'

/** Opens order-service's own database, for tests that break something in it. */
export async function openOrderDatabase(shop: Shop): Promise<Connection> {
  const { ports } = await shop.process('mysql')
  const { mysql: password } = JSON.parse(readFileSync(join(shop.home, 'secrets.json'), 'utf8')) as { mysql: string }
  return await createConnection({
    host: '127.0.0.1',
    port: ports[0] ?? 0,
    user: 'portico',
    password,
    database: 'portico_order',
  })
}

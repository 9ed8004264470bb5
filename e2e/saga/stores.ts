import { randomUUID } from 'node:crypto'
import { createConnection } from 'mysql2/promise'
import pg from 'pg'
import { openDatabase as openOrders } from '../../services/order/src/store/database.ts'
import { openStore } from '../../services/payment/src/store/connection.ts'
import { openDatabase as openProducts } from '../../services/product/src/store/database.ts'

async function inMysql(statement: string): Promise<void> {
  const connection = await createConnection(process.env.MYSQL_URL ?? '')
  await connection.query(statement)
  await connection.end()
}

async function inPostgres(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: process.env.POSTGRES_URL })
  await client.connect()
  await client.query(statement)
  await client.end()
}

const urlOf = (server: string | undefined, database: string) => {
  const url = new URL(server ?? '')
  url.pathname = `/${database}`
  return url.href
}

/** The three services' own datastores, real and empty. */
export async function openStores() {
  const name = `test_saga_${randomUUID().slice(0, 8)}`
  await Promise.all([inMysql(`create database ${name}`), inPostgres(`create database ${name}`)])
  const [orders, products] = await Promise.all([
    openOrders(urlOf(process.env.MYSQL_URL, name)),
    openProducts(urlOf(process.env.POSTGRES_URL, name)),
  ])
  const prefix = `${name}:`
  const payments = openStore(process.env.REDIS_URL ?? '', prefix)
  return {
    ...{ orders, products, payments },
    async close() {
      const keys = await payments.redis.keys(`${prefix}*`)
      if (keys.length > 0) await payments.redis.del(keys)
      payments.redis.disconnect()
      await Promise.all([orders.destroy(), products.destroy()])
      await Promise.all([inMysql(`drop database ${name}`), inPostgres(`drop database ${name} with (force)`)])
    },
  }
}

export type Stores = Awaited<ReturnType<typeof openStores>>

import { randomUUID } from 'node:crypto'
import type { EventOf, OrderedLine, Product } from '@portico/contracts'
import {
  createAccessTokenVerifier,
  createAuthentication,
  createLog,
  createMetrics,
  createServiceTokens,
  newEvent,
  newId,
} from '@portico/service-kit'
import type { Hono } from 'hono'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { sql } from 'kysely'
import pg from 'pg'
import { createProductApp } from './app.ts'
import { createHandlers } from './events.ts'
import { createHold } from './holds-in-groups.ts'
import { openDatabase } from './store/database.ts'

/** Whatever an answer holds; tests look at what they expect of it. */
interface Body extends Product {
  readonly type: string
  readonly items: (Product & { readonly quantity: number })[]
  readonly nextCursor: string | null
  readonly expiresAt: string
  readonly errors: readonly { readonly field: string; readonly message: string }[]
}

interface Ask {
  readonly body?: unknown
  readonly as?: 'customer' | 'admin'
  readonly headers?: Readonly<Record<string, string>>
}

export interface AttemptName {
  readonly orderId: string
  readonly attempt: number
}

/** A pair's secret for each service that calls product-service. */
const SECRETS: Readonly<Record<string, string>> = {
  order: 'a secret of thirty-two characters',
  payment: 'another secret of 32 characters!',
}
const SETTINGS = { JWT_ISSUER: 'https://portico.invalid', JWT_AUDIENCE: 'portico' }

export const eur = (amount: number) => ({ amount, currency: 'EUR' })
export const newAttempt = (): AttemptName => ({ orderId: newId(), attempt: 1 })
export const keyOf = ({ orderId, attempt }: AttemptName): string => `${orderId}:${attempt}`

export function placed(attempt: AttemptName, lines: readonly OrderedLine[]): EventOf<'order_placed'> {
  return newEvent('order', 'order_placed', {
    ...attempt,
    customerId: newId(),
    items: lines.map((line) => ({ ...line, unitPrice: eur(1000) })),
    total: eur(1000),
    paymentMethod: { token: 'tok_ok' },
  })
}

export const closed = (attempt: AttemptName): EventOf<'order_closed'> =>
  newEvent('order', 'order_closed', { ...attempt, reason: 'cancelled' })

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: process.env.POSTGRES_URL })
  await client.connect()
  await client.query(statement)
  await client.end()
}

/** The service on a database of its own in the real PostgreSQL, with tokens as user-service signs them. */
export async function openTestShop() {
  const name = `test_product_${randomUUID().slice(0, 8)}`
  await administer(`create database ${name}`)
  const url = new URL(process.env.POSTGRES_URL ?? '')
  url.pathname = `/${name}`
  const db = await openDatabase(url.href)
  const { bearer, authentication } = await createTokens()
  const app = createProductApp({
    db,
    authentication,
    log: createLog('test', 'silent'),
    metrics: createMetrics('product'),
  })
  const call = createCall(app, bearer)
  return {
    url: url.href,
    db,
    authentication,
    call,
    handlers: createHandlers(db, () => undefined),
    hold: createHold(db),
    /** The Authorization header of another service. */
    authorizationOf: (service: string) =>
      createServiceTokens(service, { calls: { product: SECRETS[service] } }).authorizationFor('product'),
    async newProduct(given: { stock?: number; amount?: number; name?: string; category?: string } = {}) {
      const { stock = 10, amount = 1000, name: productName = 'Thing', category = 'things' } = given
      const body = { sku: randomUUID(), name: productName, description: '', category, price: eur(amount), stock }
      return (await call('POST', '/v1/products', { as: 'admin', body })).body
    },
    available: async (id: string) => (await call('GET', `/v1/products/${id}`)).body.available,
    /** Stock and held as they stand in the table. */
    count: (id: string) =>
      db.selectFrom('product').select(['stock', 'held']).where('id', '=', id).executeTakeFirstOrThrow(),
    /** How many deadlocks PostgreSQL ended in connections that are closed by now. */
    async deadlocks() {
      const { rows } = await sql<{ deadlocks: number }>`
        select deadlocks from pg_stat_database where datname = ${name}`.execute(db)
      return rows[0]?.deadlocks
    },
    async lostAttempts(orderId: string) {
      const rows = await db.selectFrom('outbox').select('event').execute()
      return rows.flatMap(({ event }) => (event.subject === orderId ? [{ type: event.type, data: event.data }] : []))
    },
    async close() {
      await db.destroy()
      await administer(`drop database ${name} with (force)`)
    },
  }
}

export type TestShop = Awaited<ReturnType<typeof openTestShop>>

async function createTokens() {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'test', alg: 'RS256' }] }
  const bearer = async (role: string) => {
    const token = await new SignJWT({ role })
      .setProtectedHeader({ alg: 'RS256', kid: 'test' })
      .setSubject(newId())
      .setIssuer(SETTINGS.JWT_ISSUER)
      .setAudience(SETTINGS.JWT_AUDIENCE)
      .setExpirationTime('5m')
      .sign(privateKey)
    return `Bearer ${token}`
  }
  const authentication = createAuthentication({
    accessToken: createAccessTokenVerifier({ ...SETTINGS, JWT_JWKS: JSON.stringify(jwks) }),
    serviceTokens: createServiceTokens('product', { calledBy: SECRETS }),
  })
  return { bearer, authentication }
}

const createCall =
  (app: Hono, bearer: (role: string) => Promise<string>) =>
  async (method: string, path: string, ask: Ask = {}) => {
    const response = await app.request(path, {
      method,
      headers: {
        ...(ask.body !== undefined && { 'content-type': 'application/json' }),
        ...(ask.as && { authorization: await bearer(ask.as) }),
        ...ask.headers,
      },
      ...(ask.body !== undefined && { body: JSON.stringify(ask.body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: (text ? JSON.parse(text) : {}) as Body }
  }

import { randomUUID } from 'node:crypto'
import type { EventOf, Product } from '@portico/contracts'
import {
  createAuthentication,
  createLog,
  createMetrics,
  createServiceTokens,
  newEvent,
  newId,
} from '@portico/service-kit'
import fc from 'fast-check'
import type { Hono } from 'hono'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProductApp } from './app.ts'
import { createHandlers } from './events.ts'
import { hold, sweepEndedHolds } from './holds.ts'
import { seed } from './seed.ts'
import { type Db, openDatabase } from './store/database.ts'
import { stockFromLedger } from './store/stock.ts'

interface Body extends Product {
  readonly type: string
  readonly items: (Product & { readonly quantity: number })[]
  readonly nextCursor: string | null
  readonly errors: readonly { readonly field: string }[]
}

const administrative = new URL(process.env.POSTGRES_URL ?? '')
const name = `test_product_${randomUUID().slice(0, 8)}`
const tokens = createServiceTokens('product', 'a secret of thirty-two characters')
const asOrder = createServiceTokens('order', 'a secret of thirty-two characters')
let db: Db
let app: Hono

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: administrative.href })
  await client.connect()
  await client.query(statement)
  await client.end()
}

beforeAll(async () => {
  await administer(`create database ${name}`)
  const url = new URL(administrative)
  url.pathname = `/${name}`
  db = await openDatabase(url.href)
  const accessToken = async (token: string) =>
    ({ kind: 'user', userId: newId(), role: token === 'admin' ? 'admin' : 'customer' }) as const
  const authentication = createAuthentication({ accessToken, serviceTokens: tokens })
  app = createProductApp({ db, authentication, log: createLog('test', 'silent'), metrics: createMetrics('product') })
})

afterAll(async () => {
  await db.destroy()
  await administer(`drop database ${name} with (force)`)
})

async function call(
  method: string,
  path: string,
  ask: { body?: unknown; token?: string; headers?: Record<string, string> } = {},
) {
  const response = await app.request(path, {
    method,
    headers: {
      ...(ask.body !== undefined && { 'content-type': 'application/json' }),
      ...(ask.token && { authorization: `Bearer ${ask.token}` }),
      ...ask.headers,
    },
    ...(ask.body !== undefined && { body: JSON.stringify(ask.body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: (text ? JSON.parse(text) : {}) as Body }
}

const eur = (amount: number) => ({ amount, currency: 'EUR' })

async function newProduct(given: { stock?: number; amount?: number; name?: string; category?: string } = {}) {
  const { stock = 10, amount = 1000, name: productName = 'Thing', category = 'things' } = given
  const body = {
    sku: randomUUID(),
    name: productName,
    description: 'Nothing special',
    category,
    price: eur(amount),
    stock,
  }
  const answer = await call('POST', '/v1/products', { token: 'admin', body })
  expect(answer.status).toBe(201)
  return answer.body
}

const available = async (id: string) => (await call('GET', `/v1/products/${id}`)).body.available
const newAttempt = () => ({ orderId: newId(), attempt: 1 })
const keyOf = ({ orderId, attempt }: { orderId: string; attempt: number }) => `${orderId}:${attempt}`
const handlers = () => createHandlers(db, () => undefined)

function placed(
  attempt: { orderId: string; attempt: number },
  lines: { productId: string; quantity: number }[],
): EventOf<'order_placed'> {
  return newEvent('order', 'order_placed', {
    ...attempt,
    customerId: newId(),
    items: lines.map((line) => ({ ...line, unitPrice: eur(1000) })),
    total: eur(1000),
    paymentMethod: { token: 'tok_ok' },
  })
}
const closed = (attempt: { orderId: string; attempt: number }) =>
  newEvent('order', 'order_closed', { ...attempt, reason: 'cancelled' })

const lostOf = async (orderId: string) => {
  const rows = await db.selectFrom('outbox').select('event').execute()
  return rows.map((row) => row.event as unknown as EventOf<'stock_lost'>).filter((event) => event.subject === orderId)
}

describe('the catalogue', () => {
  it('is walked page by page without a gap or a repeat, in each order', async () => {
    const category = randomUUID()
    for (let i = 0; i < 7; i++) await newProduct({ category, name: `Thing ${i % 3}`, amount: (i % 2) * 100 })
    for (const sort of ['name', 'price', '-price', '-updatedAt']) {
      const seen: string[] = []
      let cursor = ''
      do {
        const { body } = await call('GET', `/v1/products?category=${category}&sort=${sort}&limit=2${cursor}`)
        seen.push(...body.items.map(({ id }) => id))
        cursor = body.nextCursor ? `&cursor=${body.nextCursor}` : ''
      } while (cursor)
      expect(new Set(seen).size, sort).toBe(7)
      expect(seen.length, sort).toBe(7)
    }
  })

  it('refuses the cursor of a list in another order', async () => {
    const category = randomUUID()
    for (let i = 0; i < 2; i++) await newProduct({ category })
    const { body } = await call('GET', `/v1/products?category=${category}&limit=1&sort=price`)
    const other = await call('GET', `/v1/products?limit=1&sort=-price&cursor=${body.nextCursor}`)
    expect([other.status, other.body.errors.map(({ field }) => field)]).toEqual([400, ['cursor']])
  })

  it('finds products by words, by pieces of the name, and by price', async () => {
    const category = randomUUID()
    const lamp = await newProduct({ category, name: 'Reading lamps', amount: 500 })
    await newProduct({ category, name: 'Bookshelf', amount: 900 })
    const found = async (query: string) =>
      (await call('GET', `/v1/products?category=${category}&${query}`)).body.items.map(({ id }) => id)
    expect(await found('q=lamp')).toEqual([lamp.id])
    expect(await found('q=eading')).toEqual([lamp.id])
    expect(await found('q=50%25')).toEqual([])
    expect(await found('maxPrice=500')).toEqual([lamp.id])
    expect(await found('minPrice=501&maxPrice=900')).toHaveLength(1)
    expect((await call('GET', '/v1/products?minPrice=2&maxPrice=1')).status).toBe(400)
  })

  it('is changed only by an admin who has seen the latest version', async () => {
    const { id } = await newProduct()
    const path = `/v1/products/${id}`
    const etag = (await call('GET', path)).headers.get('etag') ?? ''
    expect((await call('GET', path, { headers: { 'if-none-match': etag } })).status).toBe(304)
    const change = (ifMatch: string | undefined, token = 'admin') =>
      call('PATCH', path, {
        token,
        body: { price: eur(5) },
        headers: ifMatch === undefined ? {} : { 'if-match': ifMatch },
      })
    expect((await change(etag, 'customer')).status).toBe(403)
    expect((await change(undefined)).status).toBe(428)
    expect((await change('"7000"')).status).toBe(412)
    expect((await change(`"7000", ${etag}`)).body.price).toEqual(eur(5))
    expect((await change(etag)).status).toBe(412)
    expect((await call('DELETE', path, { token: 'admin', headers: { 'if-match': etag } })).status).toBe(412)
    expect((await call('DELETE', path, { token: 'admin', headers: { 'if-match': '*' } })).status).toBe(204)
    expect((await call('GET', path)).status).toBe(404)
  })

  it('has each SKU once', async () => {
    const { sku } = await newProduct()
    const body = { sku, name: 'Other', description: '', category: 'things', price: eur(1), stock: 0 }
    expect((await call('POST', '/v1/products', { token: 'admin', body })).body.type).toBe(
      'urn:portico:problem:sku-taken',
    )
  })

  it('is seeded once with at least sixty products', async () => {
    expect(await seed(db)).toBeGreaterThanOrEqual(60)
    expect(await seed(db)).toBe(0)
  })
})

describe('a hold', () => {
  it('is taken by order-service alone', async () => {
    const { id } = await newProduct()
    const ask = { body: { items: [{ productId: id, quantity: 2 }] } }
    const path = `/internal/holds/${keyOf(newAttempt())}`
    const bearer = (authorization: string) => ({ ...ask, headers: { authorization } })
    expect((await call('PUT', path, ask)).status).toBe(401)
    const foreign = createServiceTokens('payment', 'a secret of thirty-two characters')
    expect((await call('PUT', path, bearer(await foreign.authorizationFor('product')))).status).toBe(403)
    expect((await call('PUT', path, bearer(await asOrder.authorizationFor('product')))).status).toBe(200)
    expect(await available(id)).toBe(8)
  })

  it('is answered again with the same lines, and replaced by others', async () => {
    const { id } = await newProduct({ stock: 5 })
    const key = keyOf(newAttempt())
    const first = await hold(db, key, [{ productId: id, quantity: 2 }])
    expect((await hold(db, key, [{ productId: id, quantity: 2 }])).items).toEqual(first.items)
    expect(await available(id)).toBe(3)
    await hold(db, key, [{ productId: id, quantity: 5 }])
    expect(await available(id)).toBe(0)
  })

  it('names what is missing', async () => {
    const { id } = await newProduct({ stock: 1 })
    await expect(hold(db, keyOf(newAttempt()), [{ productId: id, quantity: 2 }])).rejects.toMatchObject({
      code: 'out_of_stock',
      fields: [{ field: 'items.0.quantity', message: 'only 1 available' }],
    })
    await expect(hold(db, keyOf(newAttempt()), [{ productId: newId(), quantity: 1 }])).rejects.toMatchObject({
      code: 'invalid_request',
    })
  })

  it('ends after thirty seconds', async () => {
    const { id } = await newProduct({ stock: 1 })
    const now = Date.now()
    await hold(db, keyOf(newAttempt()), [{ productId: id, quantity: 1 }], now)
    await sweepEndedHolds(db, now + 29_000)
    expect(await available(id)).toBe(0)
    await sweepEndedHolds(db, now + 31_000)
    expect(await available(id)).toBe(1)
  })

  it('gives the last item to one of many', async () => {
    const { id } = await newProduct({ stock: 1 })
    const tries = Array.from({ length: 10 }, () => hold(db, keyOf(newAttempt()), [{ productId: id, quantity: 1 }]))
    const outcomes = await Promise.allSettled(tries)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await available(id)).toBe(0)
  })
})

describe('the events of an order', () => {
  it('turn the hold into a sale once, however often they come', async () => {
    const { id } = await newProduct({ stock: 5 })
    const attempt = newAttempt()
    await hold(db, keyOf(attempt), [{ productId: id, quantity: 2 }])
    const event = placed(attempt, [{ productId: id, quantity: 2 }])
    await Promise.all([handlers().order_placed(event), handlers().order_placed(event)])
    await handlers().order_placed(placed(attempt, [{ productId: id, quantity: 2 }]))
    expect(await available(id)).toBe(3)
  })

  it('take the stock anew when the hold has ended, or say that it is lost', async () => {
    const { id } = await newProduct({ stock: 2 })
    const [first, second] = [newAttempt(), newAttempt()]
    await handlers().order_placed(placed(first, [{ productId: id, quantity: 2 }]))
    await handlers().order_placed(placed(second, [{ productId: id, quantity: 1 }]))
    expect(await available(id)).toBe(0)
    expect(await lostOf(first.orderId)).toEqual([])
    expect(await lostOf(second.orderId)).toMatchObject([{ type: 'stock_lost', data: second }])
  })

  it('give back what was sold once', async () => {
    const { id } = await newProduct({ stock: 4 })
    const attempt = newAttempt()
    await handlers().order_placed(placed(attempt, [{ productId: id, quantity: 3 }]))
    await handlers().order_closed(closed(attempt))
    await handlers().order_closed(closed(attempt))
    expect(await available(id)).toBe(4)
  })

  it('close an attempt for what comes later', async () => {
    const { id } = await newProduct({ stock: 4 })
    const attempt = newAttempt()
    await handlers().order_closed(closed(attempt))
    await handlers().order_placed(placed(attempt, [{ productId: id, quantity: 3 }]))
    await expect(hold(db, keyOf(attempt), [{ productId: id, quantity: 3 }])).rejects.toMatchObject({
      code: 'hold_closed',
    })
    expect(await available(id)).toBe(4)
    expect(await lostOf(attempt.orderId)).toEqual([])
  })
})

it('has at every time the stock that its ledger of movements says, and never less than what is held', async () => {
  const step = fc.record({
    who: fc.nat(2),
    what: fc.constantFrom('hold', 'placed', 'closed', 'count'),
    quantity: fc.integer({ min: 1, max: 4 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const { id } = await newProduct({ stock: 5 })
      const attempts = [newAttempt(), newAttempt(), newAttempt()]
      for (const { who, what, quantity } of steps) {
        const attempt = attempts[who] ?? newAttempt()
        const lines = [{ productId: id, quantity }]
        if (what === 'hold') await hold(db, keyOf(attempt), lines).catch(() => undefined)
        if (what === 'placed') await handlers().order_placed(placed(attempt, lines))
        if (what === 'closed') await handlers().order_closed(closed(attempt))
        if (what === 'count')
          await call('POST', `/v1/products/${id}/stock`, {
            token: 'admin',
            body: { delta: quantity - 2 || 1, reason: 'count' },
          })
      }
      const row = await db
        .selectFrom('product')
        .select(['stock', 'held'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
      expect((await stockFromLedger(db)).get(id)).toBe(row.stock)
      for (const attempt of attempts) await handlers().order_closed(closed(attempt))
      const after = await db.selectFrom('product').select('held').where('id', '=', id).executeTakeFirstOrThrow()
      expect(after.held).toBe(0)
    }),
    { numRuns: 30 },
  )
}, 30_000)

import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { type ErrorCode, type Event, errors, type Order, type OrderedLine, problemType } from '@portico/contracts'
import {
  callEnvironment,
  callSettings,
  connectEventBus,
  createAuthentication,
  createCaller,
  createLog,
  createMetrics,
  createServiceTokens,
  type Log,
  newEvent,
  newId,
  readEnvironment,
} from '@portico/service-kit'
import { openLine } from '@portico/service-kit/testing'
import { createConnection } from 'mysql2/promise'
import { createOrderApp } from '../app.ts'
import { limitEnvironment, orderLimits } from '../config.ts'
import { createHandlers } from '../events.ts'
import type { OrderLimits } from '../limits.ts'
import { connectStock } from '../stock.ts'
import { connect, type Db, openDatabase } from '../store/database.ts'

export interface Body extends Order {
  readonly type: string
  readonly nextCursor: string | null
  readonly errors: readonly { readonly field: string }[]
}

export interface Ask {
  readonly as?: string
  readonly key?: string
  readonly body?: unknown
}

export const eur = (amount: number) => ({ amount, currency: 'EUR' })

/** An order of two lamps, 5.00 each where nobody says otherwise. */
export const wish = (quantity = 2) => ({
  items: [{ productId: newId(), quantity }],
  paymentMethod: { token: 'tok_ok' },
})

export const refusedWith = (code: ErrorCode) => [errors[code].status, problemType(code)]
export const refusalOf = ({ status, body }: { status: number; body: Body }) => [status, body.type]

/** A token is the user's id, for an admin after `admin:`. */
const accessToken = async (token: string) => {
  const [, admin, userId = ''] = /^(admin:)?(.+)$/.exec(token) ?? []
  return { kind: 'user', userId, role: admin ? 'admin' : 'customer' } as const
}
const tokens = createServiceTokens('order', { calls: { product: 'a secret of thirty-two characters' } })
export const silent = createLog('test', 'silent')

/** product-service's holdStock over real HTTP: what it says, and how long it takes, is the test's to decide. */
async function startProduct() {
  const calm = () => ({
    refusal: undefined as ErrorCode | undefined,
    price: 500,
    before: async () => undefined as unknown,
  })
  const says = { holds: [] as string[], ...calm() }
  const server = createServer(async (request, response) => {
    const { items } = (await json(request)) as { items: OrderedLine[] }
    says.holds.push(decodeURIComponent(request.url?.split('/').at(-1) ?? ''))
    await says.before()
    const { refusal, price } = says
    const fields = [{ field: 'items.0.quantity', message: 'only 1 available' }]
    const body = refusal
      ? { type: problemType(refusal), ...errors[refusal], requestId: 'r', errors: fields }
      : {
          items: items.map((line) => ({ ...line, name: 'Lamp', unitPrice: eur(price) })),
          expiresAt: new Date().toISOString(),
        }
    const type = refusal ? 'application/problem+json' : 'application/json'
    response.writeHead(refusal ? errors[refusal].status : 200, { 'content-type': type })
    response.end(JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    says,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calmDown: () => Object.assign(says, { holds: [], ...calm() }),
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function administer(statement: string): Promise<void> {
  const connection = await createConnection(process.env.MYSQL_URL ?? '')
  await connection.query(statement)
  await connection.end()
}

/** Calls as the service makes them with its default settings; each service has a circuit of its own. */
const newCaller = () =>
  createCaller('product', callSettings('PRODUCT', readEnvironment(callEnvironment('PRODUCT'), {})), {
    log: silent,
    metrics: createMetrics('order'),
  })

/** order-service on a database of its own in the real MySQL, beside a product-service that says what it is told to. */
export async function openSetting() {
  const name = `test_order_${randomUUID().slice(0, 8)}`
  await administer(`create database ${name}`)
  const databaseUrl = new URL(process.env.MYSQL_URL ?? '')
  databaseUrl.pathname = `/${name}`
  const db = await openDatabase(databaseUrl.href)
  const product = await startProduct()
  const bus = await connectEventBus(process.env.REDIS_URL ?? '', silent, {
    prefix: name.replaceAll('_', '-'),
    maxAttempts: 1,
  })

  /** The service, where a test says so with another product-service or by another way to the database. */
  function serviceOn({
    productUrl = product.url,
    through = db,
    limits = {},
    log = silent,
  }: {
    productUrl?: string
    through?: Db
    limits?: Partial<OrderLimits>
    log?: Log
  } = {}) {
    return createOrderApp({
      db: through,
      holdStock: connectStock(productUrl, { call: newCaller(), tokens, log }),
      published: () => undefined,
      limits: { ...orderLimits(readEnvironment(limitEnvironment, {})), ...limits },
      deadLetters: bus.deadLetters,
      authentication: createAuthentication({ accessToken }),
      log,
      metrics: createMetrics('order'),
    })
  }
  /** The service on a line to the database of its own, and what it has sent there so far. */
  async function serviceSeen() {
    let sent = ''
    const line = await openLine(databaseUrl.href, 3306, (chunk) => {
      sent += chunk.toString('latin1')
    })
    const through = connect(line.url)
    return {
      service: serviceOn({ through }),
      sent: () => sent,
      forget: () => {
        sent = ''
      },
      async close() {
        await through.destroy()
        await line.close()
      },
    }
  }

  const app = serviceOn()
  const handlers = createHandlers(db, () => undefined, silent)

  async function call(method: string, path: string, { as = newId(), key, body }: Ask = {}, service = app) {
    const response = await service.request(path, {
      method,
      headers: {
        authorization: `Bearer ${as}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(key && { 'idempotency-key': key }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: response.status, headers: response.headers, body: (await response.json()) as Body }
  }

  const place = (ask: Ask = {}, service = app) =>
    call('POST', '/v1/orders', { key: randomUUID(), body: wish(), ...ask }, service)

  async function eventsOf(orderId: string): Promise<Event[]> {
    const rows = await db.selectFrom('outbox').select('event').orderBy('position').execute()
    return rows.map((row) => JSON.parse(row.event) as Event).filter(({ subject }) => subject === orderId)
  }

  /** A placed order of one customer, and what can be done to it and heard of it. */
  async function anOrder() {
    const customer = newId()
    const { body, status } = await place({ as: customer })
    if (status !== 201) throw new Error(`the order was answered ${status}`)
    const { id: orderId, total } = body
    const paymentId = newId()
    const payment = (attempt: number) => ({ orderId, attempt, paymentId, customerId: customer, amount: total })
    const refund = (amount = total.amount, given: { attempt?: number; restock?: boolean } = {}) =>
      newEvent('payment', 'payment_refunded', {
        ...{ orderId, attempt: 1, paymentId, refundId: newId() },
        ...{ amount: eur(amount), refunded: eur(amount), whole: amount === total.amount },
        ...{ restock: false, reason: 'test' },
        ...given,
      })
    const read = async () => (await call('GET', `/v1/orders/${orderId}`, { as: customer })).body
    return {
      id: orderId,
      customer,
      paymentId,
      refund,
      read,
      status: async () => (await read()).status,
      cancel: () => call('POST', `/v1/orders/${orderId}/cancellation`, { as: customer }),
      payAgain: (key: string = randomUUID(), token = 'tok_ok') =>
        call('POST', `/v1/orders/${orderId}/payments`, { as: customer, key, body: { paymentMethod: { token } } }),
      captured: (attempt = 1, amount = total) =>
        handlers.payment_captured(newEvent('payment', 'payment_captured', { ...payment(attempt), amount })),
      declined: (attempt = 1) =>
        handlers.payment_failed(newEvent('payment', 'payment_failed', { ...payment(attempt), reason: 'declined' })),
      stockLost: (attempt = 1) => handlers.stock_lost(newEvent('product', 'stock_lost', { orderId, attempt })),
      refunded: (...given: Parameters<typeof refund>) => handlers.payment_refunded(refund(...given)),
    }
  }

  return {
    ...{
      databaseUrl: databaseUrl.href,
      db,
      bus,
      product,
      serviceOn,
      serviceSeen,
      handlers,
      call,
      place,
      eventsOf,
      anOrder,
    },
    typesOf: async (orderId: string) => (await eventsOf(orderId)).map(({ type }) => type),
    async close() {
      product.stop()
      await bus.close()
      await db.destroy()
      await administer(`drop database ${name}`)
    },
  }
}

export type Setting = Awaited<ReturnType<typeof openSetting>>

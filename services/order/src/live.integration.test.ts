import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { OrderStatus } from '@portico/contracts'
import { AppError, createLog, createMetrics, newId, type Ticket } from '@portico/service-kit'
import { createConnection } from 'mysql2/promise'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { letHappen } from './changing.ts'
import { createLiveOrders, type LiveOrders } from './live.ts'
import { createLiveEndpoint } from './live-endpoint.ts'
import type { Happening } from './orders.ts'
import { type Db, openDatabase } from './store/database.ts'
import { insertOrders } from './store/orders.ts'

const administrative = new URL(process.env.MYSQL_URL ?? '')
const name = `test_live_${randomUUID().slice(0, 8)}`
const log = createLog('test', 'silent')
const eur = (amount: number) => ({ amount, currency: 'EUR' })

interface Replica {
  readonly url: string
  readonly live: LiveOrders
  readonly server: Server
}

let db: Db
let replicas: readonly [Replica, Replica]
let ada: string

async function administer(statement: string): Promise<void> {
  const connection = await createConnection(administrative.href)
  await connection.query(statement)
  await connection.end()
}

/** A ticket is three parts in clear, customer, id and milliseconds to live: how tokens are checked is the kit's to test. */
async function readTicket(token: string): Promise<Ticket> {
  const [userId, id, ms = '900000'] = token.split(':')
  if (!userId || !id) throw new AppError('unauthenticated')
  const [expiresAt, until] = [30_000, Number(ms)].map((left) => new Date(Date.now() + left)) as [Date, Date]
  return { id, userId, role: 'customer', expiresAt, until }
}

async function startReplica(): Promise<Replica> {
  const live = createLiveOrders(db, log)
  const endpoint = createLiveEndpoint({ db, live, tickets: readTicket, log, metrics: createMetrics('order') })
  const server = createServer().on('upgrade', endpoint.upgrade).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/orders/live`, live, server }
}

beforeAll(async () => {
  await administer(`create database ${name}`)
  const url = new URL(administrative)
  url.pathname = `/${name}`
  db = await openDatabase(url.href)
})

beforeEach(async () => {
  ada = newId()
  replicas = [await startReplica(), await startReplica()]
})

afterEach(async () => {
  for (const { live, server } of replicas) {
    await live.close()
    server.close()
  }
})

afterAll(async () => {
  await db.destroy()
  await administer(`drop database ${name}`)
})

interface Listening {
  readonly messages: { type: string; orderId: string; status: OrderStatus; at: string; eventId: string }[]
  readonly socket: WebSocket
}

async function listen(replica: Replica, customer = ada, query = ''): Promise<Listening> {
  const socket = new WebSocket(`${replica.url}?ticket=${customer}:${newId()}${query}`)
  const messages: Listening['messages'] = []
  socket.on('message', (data) => messages.push(JSON.parse(String(data))))
  await once(socket, 'open')
  return { messages, socket }
}

async function place(customerId = ada): Promise<string> {
  const now = new Date()
  const line = { productId: newId(), name: 'Lamp', quantity: 1, unitPrice: eur(500) }
  const order = {
    ...{ id: newId(), customerId, status: 'pending' as const, attempt: 1, lines: [line], total: eur(500) },
    ...{ refundedAmount: 0, paymentId: null, returning: false, createdAt: now, changedAt: now },
  }
  await db.transaction().execute((tx) => insertOrders(tx, [{ order }]))
  return order.id
}

const happen = (orderId: string, happening: Happening) =>
  db.transaction().execute((tx) => letHappen(tx, orderId, happening))

const statuses = ({ messages }: Listening) => messages.map(({ orderId, status }) => [orderId, status])

it('tells a customer each change of their orders, in order, whichever replica they are connected to', async () => {
  const listeners = [await listen(replicas[0]), await listen(replicas[1])]
  const order = await place()
  await happen(order, { type: 'captured', attempt: 1, paymentId: newId(), amount: eur(500) })
  for (const listener of listeners) {
    await expect
      .poll(() => statuses(listener), { timeout: 10_000 })
      .toEqual([
        [order, 'pending'],
        [order, 'paid'],
      ])
    expect(listener.messages[0]).toMatchObject({ type: 'order.status', at: expect.any(String) })
  }
})

it('tells nobody of the orders of others', async () => {
  const eve = await listen(replicas[0], newId())
  const mine = await listen(replicas[0])
  const order = await place()
  await expect.poll(() => statuses(mine), { timeout: 10_000 }).toEqual([[order, 'pending']])
  expect(eve.messages).toEqual([])
})

it('goes on after the last change that was seen, on another replica, missing and repeating none', async () => {
  const before = await listen(replicas[0])
  const order = await place()
  await expect.poll(() => before.messages, { timeout: 10_000 }).toHaveLength(1)
  before.socket.terminate()
  await happen(order, { type: 'declined', attempt: 1 })
  await happen(order, { type: 'cancel' })
  const after = await listen(replicas[1], ada, `&lastEventId=${before.messages[0]?.eventId}`)
  await expect
    .poll(() => statuses(after), { timeout: 10_000 })
    .toEqual([
      [order, 'payment_failed'],
      [order, 'cancelled'],
    ])
})

it('closes when the access token behind its ticket expires, and loses no change over the renewal', async () => {
  const ticket = `${ada}:${newId()}:1500`
  const socket = new WebSocket(`${replicas[0].url}?ticket=${ticket}`)
  const seen: string[] = []
  socket.on('message', (data) => seen.push(JSON.parse(String(data)).eventId))
  const over = once(socket, 'close')
  await once(socket, 'open')
  const order = await place()
  await expect.poll(() => seen, { timeout: 10_000 }).toHaveLength(1)
  expect((await over)[0]).toBe(3000)
  await happen(order, { type: 'declined', attempt: 1 })
  const again = new WebSocket(`${replicas[0].url}?ticket=${ticket}&lastEventId=${seen[0]}`)
  again.on('error', () => undefined)
  const [, refusal] = await once(again, 'unexpected-response')
  expect(refusal.statusCode).toBe(401)
  const renewed = await listen(replicas[0], ada, `&lastEventId=${seen[0]}`)
  await happen(order, { type: 'cancel' })
  await expect
    .poll(() => statuses(renewed), { timeout: 10_000 })
    .toEqual([
      [order, 'payment_failed'],
      [order, 'cancelled'],
    ])
})

it.each([['not an id'], [newId()]])('asks to start anew after %s, which it does not know', async (lastEventId) => {
  const listener = await listen(replicas[0], ada, `&lastEventId=${lastEventId}`)
  await expect.poll(() => listener.messages).toEqual([{ type: 'resync' }])
})

it('does not resume after a change of somebody else', async () => {
  const eve = newId()
  const theirs = await listen(replicas[0], eve)
  await place(eve)
  await expect.poll(() => theirs.messages, { timeout: 10_000 }).toHaveLength(1)
  const listener = await listen(replicas[0], ada, `&lastEventId=${theirs.messages[0]?.eventId}`)
  await expect.poll(() => listener.messages).toEqual([{ type: 'resync' }])
})

it('opens once with a ticket, among all replicas', async () => {
  const ticket = `${ada}:${newId()}`
  const attempts = replicas.map(async ({ url }) => {
    const socket = new WebSocket(`${url}?ticket=${ticket}`)
    socket.on('error', () => undefined)
    return Promise.race([
      once(socket, 'open').then(() => 101),
      once(socket, 'unexpected-response').then(([, response]) => response.statusCode),
    ])
  })
  expect((await Promise.all(attempts)).sort()).toEqual([101, 401])
})

it('tells every one of many changes at once to many listeners, each once', async () => {
  const listeners = await Promise.all(Array.from({ length: 6 }, (_, i) => listen(replicas[i % 2 === 0 ? 0 : 1])))
  const orders = await Promise.all(Array.from({ length: 30 }, () => place()))
  for (const { messages } of listeners) {
    await expect.poll(() => messages, { timeout: 15_000 }).toHaveLength(orders.length)
    expect(messages.map(({ orderId }) => orderId).sort()).toEqual(orders.toSorted())
  }
})

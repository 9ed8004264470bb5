import 'reflect-metadata'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { credentials, Client as GrpcClient, loadPackageDefinition, status as Status } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { ClientTCP } from '@nestjs/microservices'
import {
  catalogueService,
  type LiveMessage,
  type Order,
  type Product,
  protoRoot,
  type Session,
  stockService,
} from '@portico/contracts'
import { lastValueFrom } from 'rxjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type Client, key, newClient } from './client.ts'
import { type Shop, startShop } from './shop.ts'

let shop: Shop
let client: Client
let token: string

beforeAll(async () => {
  shop = await startShop()
  client = newClient(shop.url)
  const account = { email: `${randomUUID()}@example.test`, password: 'a good long password' }
  await client.call('POST', '/v1/users', { body: { ...account, name: 'Ada' } })
  token = (await client.call<Session>('POST', '/v1/sessions', { body: account })).body.accessToken
}, 150_000)

afterAll(() => shop?.stop(), 20_000)

async function ticket(): Promise<string> {
  const { body } = await client.call<{ ticket: string }>('POST', '/v1/sessions/tickets', {
    token,
    body: { audience: 'orders.live' },
  })
  return body.ticket
}

const address = (query: string, path = '/v1/orders/live') => `${shop.url.replace('http', 'ws')}${path}?${query}`

async function listen(query = '', path?: string) {
  const socket = new WebSocket(address(`ticket=${await ticket()}${query}`, path))
  const messages: Extract<LiveMessage, { type: 'order.status' }>[] = []
  socket.on('message', (data) => messages.push(JSON.parse(String(data))))
  await once(socket, 'open')
  return { socket, messages }
}

async function refusal(query: string): Promise<number> {
  const socket = new WebSocket(address(query))
  socket.on('error', () => undefined)
  const [, response] = await once(socket, 'unexpected-response')
  return response.statusCode
}

async function place(method = 'tok_ok'): Promise<Order> {
  const products = await client.call<{ items: Product[] }>('GET', '/v1/products?limit=1')
  const { status, body } = await client.call<Order>('POST', '/v1/orders', {
    token,
    headers: key(),
    body: { items: [{ productId: products.body.items[0]?.id, quantity: 1 }], paymentMethod: { token: method } },
  })
  expect(status).toBe(201)
  return body
}

const patience = { timeout: 15_000 }

describe('a WebSocket for live orders', () => {
  it.each(['/v1/orders/live', '/orders/live'])('tells of an order until it is paid, on %s', async (path) => {
    const { socket, messages } = await listen('', path)
    const { id } = await place()
    await expect
      .poll(() => messages.map(({ orderId, status }) => [orderId, status]), patience)
      .toEqual([
        [id, 'pending'],
        [id, 'paid'],
      ])
    socket.close()
  })

  it('goes on after the last event seen when order-service was killed', async () => {
    const { socket, messages } = await listen()
    const closed = once(socket, 'close')
    const { id } = await place('tok_declined')
    await expect.poll(() => messages.map(({ status }) => status), patience).toEqual(['pending', 'payment_failed'])
    process.kill((await shop.process('order')).pid, 'SIGKILL')
    await closed
    await expect
      .poll(async () => (await client.call('POST', `/v1/orders/${id}/cancellation`, { token })).status, patience)
      .toBe(202)
    const later = await listen(`&lastEventId=${messages[0]?.eventId}`)
    await expect
      .poll(() => later.messages.map(({ orderId, status }) => [orderId, status]), patience)
      .toEqual([
        [id, 'payment_failed'],
        [id, 'cancelled'],
      ])
    later.socket.close()
  })

  it('opens by nothing but a ticket, and once', async () => {
    const used = await ticket()
    const socket = new WebSocket(address(`ticket=${used}`))
    await once(socket, 'open')
    socket.close()
    expect(await refusal(`ticket=${used}`)).toBe(401)
    expect(await refusal('')).toBe(401)
    expect(await refusal('ticket=nonsense')).toBe(401)
    expect(await refusal(`ticket=${token}`)).toBe(401)
    expect((await client.call('GET', '/v1/users/me', { token: await ticket() })).status).toBe(401)
  })

  it('says to a plain request that it is a WebSocket', async () => {
    expect((await client.call('GET', `/v1/orders/live?ticket=${await ticket()}`)).status).toBe(426)
  })
})

describe('NestJS over TCP', () => {
  const connect = async (name: string) => {
    const [, port] = (await shop.process(name)).ports
    return new ClientTCP({ host: '127.0.0.1', port: Number(port) })
  }

  it('browses, places an order and sees it paid, as the API does it', async () => {
    const [products, orders] = [await connect('product'), await connect('order')]
    const { items } = await lastValueFrom(products.send({ cmd: 'listProducts' }, { query: { limit: 1 } }))
    const authorization = `Bearer ${token}`
    const body = { items: [{ productId: items[0].id, quantity: 2 }], paymentMethod: { token: 'tok_ok' } }
    const order = await lastValueFrom(orders.send({ cmd: 'placeOrder' }, { authorization, headers: key(), body }))
    const read = () => lastValueFrom(orders.send({ cmd: 'readOrder' }, { authorization, params: { id: order.id } }))
    await expect.poll(async () => (await read()).status, patience).toBe('paid')
    await expect(lastValueFrom(orders.send({ cmd: 'readOrder' }, { params: { id: order.id } }))).rejects.toMatchObject({
      status: 401,
    })
    products.close()
    orders.close()
  })
})

describe('gRPC through the gateway', () => {
  const open = async () => {
    const tls = (await shop.process('gateway')).ports[2]
    const file = loadPackageDefinition(loadSync(catalogueService.proto, { includeDirs: [protoRoot], longs: Number }))
    const { Catalogue } = (file as unknown as { portico: { catalogue: { v1: { Catalogue: typeof GrpcClient } } } })
      .portico.catalogue.v1
    // The gateway's own certificate is signed by nobody.
    const trusting = credentials.createSsl(null, null, null, { rejectUnauthorized: false })
    return new Catalogue(`localhost:${tls}`, trusting) as GrpcClient & {
      listProducts(request: object, answered: (error: Error | null, answer: { items: Product[] }) => void): void
      watchStock(request: object): AsyncIterable<{ available: number }> & { cancel(): void }
    }
  }

  it('lists products and streams each change of what is available', async () => {
    const catalogue = await open()
    const { items } = await new Promise<{ items: Product[] }>((resolve, reject) =>
      catalogue.listProducts({ limit: 2, sort: 'price' }, (error, answer) => (error ? reject(error) : resolve(answer))),
    )
    expect(items).toHaveLength(2)
    const watched = await client.call<{ items: Product[] }>('GET', '/v1/products?limit=1')
    const product = watched.body.items[0] as Product
    const told: number[] = []
    const stream = catalogue.watchStock({ productIds: [product.id] })
    const reading = (async () => {
      for await (const { available } of stream) told.push(available)
    })().catch(() => undefined)
    await expect.poll(() => told, patience).toHaveLength(1)
    await place()
    await expect.poll(() => told.at(-1), patience).toBeLessThan(told[0] ?? 0)
    stream.cancel()
    await reading
    catalogue.close()
  })

  it('keeps the stock of orders out of reach', async () => {
    const tls = (await shop.process('gateway')).ports[2]
    const trusting = credentials.createSsl(null, null, null, { rejectUnauthorized: false })
    const stock = new GrpcClient(`localhost:${tls}`, trusting)
    const hold = new Promise((resolve) =>
      stock.makeUnaryRequest(
        `/${stockService.name}/Hold`,
        () => Buffer.alloc(0),
        (bytes) => bytes,
        {},
        (error) => resolve(error?.code),
      ),
    )
    expect(await hold).toBe(Status.UNIMPLEMENTED)
    stock.close()
  })
})

import { catalogueService, stockService } from '@portico/contracts'
import { createLog, createMetrics, newId } from '@portico/service-kit'
import { createGrpcClient, type GrpcClient, type GrpcServer } from '@portico/service-kit/grpc'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createHandlers } from './events.ts'
import { createProductGrpc } from './grpc.ts'
import { keyOf, newAttempt, openTestShop, placed, type TestShop } from './test-shop.ts'

let shop: TestShop
let server: GrpcServer
let stock: GrpcClient<typeof stockService>
let catalogue: GrpcClient<typeof catalogueService>
let authorization: string

beforeAll(async () => {
  shop = await openTestShop()
  server = createProductGrpc({
    db: shop.db,
    authentication: shop.authentication,
    log: createLog('test', 'silent'),
    metrics: createMetrics('product'),
    accepting: () => true,
    watch: { streams: 10, streamsPerPeer: 10 },
  })
  const address = `127.0.0.1:${await server.listen('127.0.0.1', 0)}`
  stock = createGrpcClient(stockService, `grpc://${address}`)
  catalogue = createGrpcClient(catalogueService, `grpc://${address}`)
})
beforeEach(async () => {
  authorization = await shop.authorizationOf('order')
})
afterAll(async () => {
  stock.close()
  catalogue.close()
  await server.close()
  await shop.close()
})

const options = () => ({ authorization, timeoutMs: 10_000 })
const toAttempt = ({ orderId, attempt }: ReturnType<typeof newAttempt>) => ({ orderId, number: attempt })

it('reads the catalogue without a token, as over HTTP', async () => {
  const { id, name } = await shop.newProduct({ amount: 250 })
  expect(await catalogue.call('getProduct', { id }, { timeoutMs: 10_000 })).toMatchObject({
    id,
    name,
    price: { amount: 250, currency: 'EUR' },
  })
  const first = await catalogue.call('listProducts', { limit: 1 }, { timeoutMs: 10_000 })
  expect(first.items).toHaveLength(1)
  await expect(catalogue.call('getProduct', { id: newId() }, { timeoutMs: 10_000 })).rejects.toMatchObject({
    code: 'not_found',
  })
})

it('prices, holds, confirms and releases for order-service alone', async () => {
  const { id } = await shop.newProduct({ amount: 250 })
  const items = [{ productId: id, quantity: 2 }]
  const attempt = toAttempt(newAttempt())
  expect((await stock.call('price', { items }, options())).items[0]?.unitPrice.amount).toBe(250)
  expect(await shop.available(id)).toBe(10)
  expect((await stock.call('hold', { attempt, items }, options())).items).toHaveLength(1)
  expect(await shop.available(id)).toBe(8)
  await stock.call('release', { attempt }, options())
  expect(await shop.available(id)).toBe(10)
  await stock.call('hold', { attempt, items }, options())
  for (let again = 0; again < 2; again++) await stock.call('confirm', { attempt }, options())
  expect(await shop.available(id)).toBe(8)
  await expect(stock.call('release', { attempt }, options())).rejects.toMatchObject({ code: 'wrong_state' })

  const others = { authorization: await shop.authorizationOf('payment'), timeoutMs: 10_000 }
  const calls = [
    stock.call('price', { items }, others),
    stock.call('hold', { attempt, items }, others),
    stock.call('confirm', { attempt }, others),
    stock.call('release', { attempt }, others),
  ]
  await Promise.all(calls.map((call) => expect(call).rejects.toMatchObject({ code: 'forbidden' })))
})

it('holds for several attempts in one call, and answers each by itself', async () => {
  const { id } = await shop.newProduct({ stock: 3 })
  const wish = (quantity: number, productId = id) => ({
    attempt: toAttempt(newAttempt()),
    items: [{ productId, quantity }],
  })
  const holds = [wish(2), wish(2), wish(1), wish(1, newId())]
  const { answers } = await stock.call('holdAll', { holds }, options())
  expect(answers).toMatchObject([
    { held: { items: [{ productId: id, quantity: 2 }] } },
    { refusal: { code: 'out_of_stock', errors: [{ field: 'items.0.quantity' }] } },
    { held: { items: [{ productId: id, quantity: 1 }] } },
    { refusal: { code: 'invalid_request', errors: [{ field: 'items.0.productId' }] } },
  ])
  await expect(
    stock.call('holdAll', { holds }, { ...options(), authorization: await shop.authorizationOf('payment') }),
  ).rejects.toMatchObject({ code: 'forbidden' })
})

it('confirms nothing that is not held', async () => {
  await expect(stock.call('confirm', { attempt: toAttempt(newAttempt()) }, options())).rejects.toMatchObject({
    code: 'hold_closed',
  })
})

it('sells once what was confirmed and then placed', async () => {
  const { id } = await shop.newProduct()
  const attempt = newAttempt()
  await stock.call('hold', { attempt: toAttempt(attempt), items: [{ productId: id, quantity: 3 }] }, options())
  await stock.call('confirm', { attempt: toAttempt(attempt) }, options())
  await createHandlers(shop.db, () => undefined).order_placed(placed(attempt, [{ productId: id, quantity: 3 }]))
  expect([await shop.available(id), keyOf(attempt)]).toEqual([7, expect.any(String)])
})

it('names what is short', async () => {
  const { id } = await shop.newProduct()
  const asked = stock.call(
    'hold',
    { attempt: toAttempt(newAttempt()), items: [{ productId: id, quantity: 11 }] },
    options(),
  )
  await expect(asked).rejects.toMatchObject({
    code: 'out_of_stock',
    fields: [{ field: 'items.0.quantity', message: 'only 10 available' }],
  })
})

import { newId } from '@portico/service-kit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { HOLD_MS } from './attempts.ts'
import { sweepEndedHolds } from './holds.ts'
import { keyOf, newAttempt, openTestShop, placed, type TestShop } from './test-shop.ts'

let shop: TestShop
beforeAll(async () => {
  shop = await openTestShop()
})
afterAll(() => shop.close())

const newKey = () => keyOf(newAttempt())
const of = (productId: string, quantity: number) => ({ productId, quantity })
/** When a hold was made that has just ended. */
const longAgo = () => Date.now() - HOLD_MS - 1000

it('is taken by order-service alone', async () => {
  const { id, name } = await shop.newProduct({ amount: 250 })
  const path = `/internal/holds/${newKey()}`
  const put = async (headers: Record<string, string>, items = [of(id, 2)]) =>
    shop.call('PUT', path, { body: { items }, headers })
  expect((await put({})).status).toBe(401)
  expect((await put({ authorization: await shop.authorizationOf('payment') })).status).toBe(403)
  const authorization = await shop.authorizationOf('order')
  const { status, body } = await put({ authorization })
  expect(status).toBe(200)
  expect(body.items).toEqual([{ productId: id, name, quantity: 2, unitPrice: { amount: 250, currency: 'EUR' } }])
  expect(Date.parse(body.expiresAt)).toBeGreaterThan(Date.now() + HOLD_MS - 5000)
  expect((await put({ authorization }, [of(id, 0)])).status).toBe(400)
  expect(await shop.available(id)).toBe(8)
})

it('is answered again with the same lines, in the order asked for, and stands for another 30 seconds', async () => {
  const [one, two] = [await shop.newProduct(), await shop.newProduct()]
  const key = newKey()
  await shop.hold(key, [of(one.id, 1), of(two.id, 2)], longAgo())
  const now = Date.now()
  const again = await shop.hold(key, [of(two.id, 2), of(one.id, 1)], now)
  expect(again.items.map(({ productId }) => productId)).toEqual([two.id, one.id])
  expect(again.expiresAt).toBe(new Date(now + HOLD_MS).toISOString())
  await sweepEndedHolds(shop.db, now)
  expect([await shop.available(one.id), await shop.available(two.id)]).toEqual([9, 8])
})

it('is replaced by other lines, which may use what it held', async () => {
  const [one, two] = [await shop.newProduct({ stock: 5 }), await shop.newProduct({ stock: 5 })]
  const key = newKey()
  await shop.hold(key, [of(one.id, 4)])
  await shop.hold(key, [of(one.id, 5), of(two.id, 1)])
  expect([await shop.available(one.id), await shop.available(two.id)]).toEqual([0, 4])
  await shop.hold(key, [of(two.id, 2)])
  expect([await shop.available(one.id), await shop.available(two.id)]).toEqual([5, 3])
})

it('stays as it was when other lines are not in stock', async () => {
  const { id } = await shop.newProduct({ stock: 5 })
  const key = newKey()
  await shop.hold(key, [of(id, 2)])
  await expect(shop.hold(key, [of(id, 6)])).rejects.toMatchObject({ code: 'out_of_stock' })
  expect(await shop.available(id)).toBe(3)
})

it('of what is sold already is answered again, and not replaced', async () => {
  const { id } = await shop.newProduct({ stock: 5 })
  const attempt = newAttempt()
  const first = await shop.hold(keyOf(attempt), [of(id, 2)])
  await shop.handlers.order_placed(placed(attempt, [of(id, 2)]))
  expect((await shop.hold(keyOf(attempt), [of(id, 2)])).items).toEqual(first.items)
  await expect(shop.hold(keyOf(attempt), [of(id, 1)])).rejects.toMatchObject({ code: 'hold_closed' })
  expect(await shop.available(id)).toBe(3)
})

it('names every line that is short, unknown, retired or there twice', async () => {
  const [plenty, short, retired] = [
    await shop.newProduct(),
    await shop.newProduct({ stock: 1 }),
    await shop.newProduct(),
  ]
  await shop.call('DELETE', `/v1/products/${retired.id}`, { as: 'admin', headers: { 'if-match': '*' } })
  await expect(shop.hold(newKey(), [of(plenty.id, 1), of(short.id, 2)])).rejects.toMatchObject({
    code: 'out_of_stock',
    fields: [{ field: 'items.1.quantity', message: 'only 1 available' }],
  })
  await expect(shop.hold(newKey(), [of(newId(), 1), of(plenty.id, 1), of(retired.id, 1)])).rejects.toMatchObject({
    code: 'invalid_request',
    fields: [
      { field: 'items.0.productId', message: 'is not a product of the shop' },
      { field: 'items.2.productId', message: 'is not a product of the shop' },
    ],
  })
  await expect(shop.hold(newKey(), [of(plenty.id, 1), of(plenty.id, 1)])).rejects.toMatchObject({
    code: 'invalid_request',
    fields: [{ field: 'items.1.productId', message: 'is named twice' }],
  })
  expect([await shop.available(plenty.id), await shop.available(short.id)]).toEqual([10, 1])
})

it('ends after thirty seconds', async () => {
  const { id } = await shop.newProduct({ stock: 1 })
  const now = Date.now()
  await shop.hold(newKey(), [of(id, 1)], now)
  await sweepEndedHolds(shop.db, now + HOLD_MS)
  expect((await shop.count(id)).held).toBe(1)
  await sweepEndedHolds(shop.db, now + HOLD_MS + 1)
  expect((await shop.count(id)).held).toBe(0)
})

it('does not count once it has ended, though no sweep has come yet', async () => {
  const { id } = await shop.newProduct({ stock: 2 })
  const end = () => shop.hold(newKey(), [of(id, 2)], longAgo())
  await end()
  expect([await shop.available(id), (await shop.count(id)).held]).toEqual([2, 2])
  const count = { as: 'admin', body: { delta: -1, reason: 'count' } } as const
  expect((await shop.call('POST', `/v1/products/${id}/stock`, count)).body.available).toBe(1)
  await shop.call('POST', `/v1/products/${id}/stock`, { as: 'admin', body: { delta: 1, reason: 'count' } })
  await end()
  await shop.hold(newKey(), [of(id, 1)])
  const attempt = newAttempt()
  await shop.handlers.order_placed(placed(attempt, [of(id, 1)]))
  expect(await shop.lostAttempts(attempt.orderId)).toEqual([])
  expect(await shop.count(id)).toEqual({ stock: 1, held: 1 })
})

it('can not be counted away by an admin', async () => {
  const { id } = await shop.newProduct({ stock: 5 })
  await shop.hold(newKey(), [of(id, 3)])
  const take = (delta: number) =>
    shop.call('POST', `/v1/products/${id}/stock`, { as: 'admin', body: { delta, reason: 'broken' } })
  expect((await take(-3)).status).toBe(409)
  expect((await take(-2)).body.available).toBe(0)
})

it('gives the last item to one of many', async () => {
  const { id } = await shop.newProduct({ stock: 1 })
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => shop.hold(newKey(), [of(id, 1)])))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await shop.available(id)).toBe(0)
})

it('of many lines never waits for another in a circle, whatever their order and whatever they replace', async () => {
  const ids = await Promise.all(Array.from({ length: 4 }, async () => (await shop.newProduct({ stock: 1000 })).id))
  const attempts = Array.from({ length: 8 }, newAttempt)
  for (let round = 0; round < 8; round++) {
    await Promise.all(
      attempts.map((attempt, i) => {
        const start = (i + round) % ids.length
        const turned = [...ids.slice(start), ...ids.slice(0, start)].slice(0, 1 + ((i + round) % 3))
        return shop.hold(
          keyOf(attempt),
          i % 2 ? turned.map((id) => of(id, 1)) : turned.reverse().map((id) => of(id, 2)),
        )
      }),
    )
  }
  await sweepEndedHolds(shop.db, Date.now() + 2 * HOLD_MS)
  for (const id of ids) expect(await shop.count(id)).toEqual({ stock: 1000, held: 0 })
})

import { newId } from '@portico/service-kit'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createHandlers } from './events.ts'
import { createHold } from './holds-in-groups.ts'
import { openDatabase } from './store/database.ts'
import { compareStock } from './store/stock-books.ts'
import { closed, keyOf, newAttempt, openTestShop, placed, type TestShop } from './test-shop.ts'

let shop: TestShop
beforeAll(async () => {
  shop = await openTestShop()
})
afterAll(async () => {
  expect(await compareStock(shop.db, { rebuild: false })).toEqual([])
  await shop.close()
})

const of = (productId: string, quantity: number) => ({ productId, quantity })
const newKey = () => keyOf(newAttempt())
const codes = (outcomes: readonly PromiseSettledResult<unknown>[]) =>
  outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'held'))

it('that come together are one transaction, each answered with its own lines', async () => {
  const products = await Promise.all([1, 2, 3].map((n) => shop.newProduct({ amount: n * 100, name: `Thing ${n}` })))
  const asked = products.map((product, index) => ({ key: newKey(), lines: [of(product.id, index + 1)] }))
  const held = await Promise.all(asked.map(({ key, lines }) => shop.hold(key, lines)))
  expect(held.map(({ items }) => items)).toEqual(
    products.map(({ id, name, price }, index) => [{ productId: id, name, quantity: index + 1, unitPrice: price }]),
  )
  const { rows } = await sql<{ transactions: number }>`
    select count(distinct xmin::text)::integer as transactions from attempt
    where key = any(${asked.map(({ key }) => key)})`.execute(shop.db)
  expect(rows).toEqual([{ transactions: 1 }])
  expect(
    await shop.db
      .selectFrom('attempt_line')
      .selectAll()
      .where('attempt_key', '=', asked[2]?.key ?? '')
      .execute(),
  ).toEqual([
    {
      attempt_key: asked[2]?.key,
      product_id: products[2]?.id,
      quantity: 3,
      name: 'Thing 3',
      unit_amount: 300,
      unit_currency: 'EUR',
    },
  ])
})

it('see what those before them take; one that is short is refused, and no other with it', async () => {
  const [few, plenty] = [await shop.newProduct({ stock: 3 }), await shop.newProduct()]
  const outcomes = await Promise.allSettled([
    shop.hold(newKey(), [of(plenty.id, 1), of(few.id, 2)]),
    shop.hold(newKey(), [of(plenty.id, 1), of(few.id, 2)]),
    shop.hold(newKey(), [of(few.id, 1)]),
    shop.hold(newKey(), [of(newId(), 1)]),
  ])
  expect(codes(outcomes)).toEqual(['held', 'out_of_stock', 'held', 'invalid_request'])
  expect(outcomes[1]).toMatchObject({
    reason: { fields: [{ field: 'items.1.quantity', message: 'only 0 available' }] },
  })
  expect([await shop.count(few.id), await shop.count(plenty.id)]).toEqual([
    { stock: 3, held: 3 },
    { stock: 10, held: 1 },
  ])
})

it('of one attempt come one after the other: the same again is answered again, other lines replace it', async () => {
  const [one, two] = [await shop.newProduct(), await shop.newProduct()]
  const [same, other] = [newKey(), newKey()]
  const [first, again] = await Promise.all([shop.hold(same, [of(one.id, 2)]), shop.hold(same, [of(one.id, 2)])])
  expect(again?.items).toEqual(first?.items)
  expect(await shop.available(one.id)).toBe(8)
  await Promise.all([shop.hold(other, [of(one.id, 3)]), shop.hold(other, [of(two.id, 4)])])
  expect([await shop.available(one.id), await shop.available(two.id)]).toEqual([8, 6])
})

it('leave alone what is sold or closed, whatever comes with them', async () => {
  const { id } = await shop.newProduct()
  const [sold, over] = [newAttempt(), newAttempt()]
  await shop.handlers.order_placed(placed(sold, [of(id, 2)]))
  await shop.handlers.order_closed(closed(over))
  const outcomes = await Promise.allSettled([
    shop.hold(keyOf(sold), [of(id, 2)]),
    shop.hold(keyOf(over), [of(id, 1)]),
    shop.hold(newKey(), [of(id, 1)]),
  ])
  expect(codes(outcomes)).toEqual(['held', 'hold_closed', 'held'])
  expect(await shop.count(id)).toEqual({ stock: 8, held: 1 })
})

it('are done one by one where one of them breaks the group', async () => {
  const { id } = await shop.newProduct()
  const outcomes = await Promise.allSettled([
    shop.hold(newKey(), [of(id, 1)]),
    shop.hold('no text \0 of PostgreSQL', [of(id, 1)]),
    shop.hold(newKey(), [of(id, 1)]),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await shop.available(id)).toBe(8)
})

it('never sell more than there is, nor wait in a circle, on two replicas with sales and returns among them', async () => {
  const replicas = await Promise.all(
    [1, 2].map(async () => {
      const db = await openDatabase(shop.url)
      return { db, hold: createHold(db), handlers: createHandlers(db, () => undefined) }
    }),
  )
  const ids = await Promise.all(Array.from({ length: 4 }, async () => (await shop.newProduct({ stock: 20 })).id))
  const customer = async (index: number) => {
    const { hold, handlers } = replicas[index % 2] as (typeof replicas)[number]
    const attempt = newAttempt()
    const start = index % ids.length
    const lines = [...ids.slice(start), ...ids.slice(0, start)].slice(0, 1 + (index % 3)).map((id) => of(id, 1))
    // The other replica is asked too, as by a caller that has no answer yet.
    const both = [hold, replicas[(index + 1) % 2]?.hold ?? hold].slice(index % 2)
    const outcomes = codes(await Promise.allSettled(both.map((each) => each(keyOf(attempt), lines))))
    if (!outcomes.includes('held')) return outcomes
    if (index % 5 > 0) await handlers.order_placed(placed(attempt, lines))
    if (index % 5 > 2) await handlers.order_closed(closed(attempt))
    return outcomes
  }
  const outcomes = await Promise.all(Array.from({ length: 120 }, (_, index) => customer(index)))
  expect(new Set(outcomes.flat())).toEqual(new Set(['held', 'out_of_stock']))
  for (const id of ids) {
    const { stock, held } = await shop.count(id)
    expect(held).toBeLessThanOrEqual(stock)
  }
  await Promise.all(replicas.map(({ db }) => db.destroy()))
  expect(await shop.deadlocks()).toBe(0)
}, 30_000)

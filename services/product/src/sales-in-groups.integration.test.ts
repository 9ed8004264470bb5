import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createHandlers } from './events.ts'
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

/** The order_placed of attempts that hold one line each, of quantity 1. */
async function heldThenPlaced(productId: string, count: number) {
  const attempts = Array.from({ length: count }, newAttempt)
  await Promise.all(attempts.map((attempt) => shop.hold(keyOf(attempt), [of(productId, 1)])))
  return attempts.map((attempt) => placed(attempt, [of(productId, 1)]))
}

const tell = (events: readonly ReturnType<typeof placed>[], handlers = shop.handlers) =>
  Promise.allSettled(events.map((event) => handlers.order_placed(event)))

const movementsOf = async (productId: string) =>
  (
    await shop.db.selectFrom('stock_movement').selectAll().where('product_id', '=', productId).orderBy('id').execute()
  ).map(({ delta, reason }) => ({ delta, reason }))

const done = (outcome: string, effect?: string) => ({
  status: 'fulfilled',
  value: { outcome, ...(effect && { effect }) },
})
const sold = done('applied', 'hold became a sale')

it('that come together are one transaction, and each is a sale once however often it is told', async () => {
  const { id } = await shop.newProduct({ stock: 10 })
  const events = await heldThenPlaced(id, 3)
  expect(await tell([...events, ...events])).toEqual([sold, sold, sold, ...events.map(() => done('duplicate'))])
  const { rows } = await sql<{ transactions: number }>`
    select count(distinct xmin::text)::integer as transactions from inbox
    where event_id = any(${events.map((event) => event.id)}::uuid[])`.execute(shop.db)
  expect(rows).toEqual([{ transactions: 1 }])
  await tell(events)
  expect(await shop.count(id)).toEqual({ stock: 7, held: 0 })
  const movement = { delta: -1, reason: 'sold' }
  expect((await movementsOf(id)).slice(1)).toEqual([movement, movement, movement])
})

it('of one attempt sell it once, though they are other events', async () => {
  const { id } = await shop.newProduct({ stock: 10 })
  const [event, second] = await heldThenPlaced(id, 2)
  if (!event || !second) throw new Error('two were held')
  const again = { ...event, id: crypto.randomUUID() }
  expect(await tell([event, again, second])).toEqual([sold, done('ignored'), sold])
  expect(await shop.count(id)).toEqual({ stock: 8, held: 0 })
})

it('leave what is not plain to be done alone: stock gone, order closed, other lines, hold ended', async () => {
  const [plenty, gone] = [await shop.newProduct({ stock: 20 }), await shop.newProduct({ stock: 0 })]
  const [held] = await heldThenPlaced(plenty.id, 1)
  if (!held) throw new Error('one was held')
  const [short, over, others, ended] = [newAttempt(), newAttempt(), newAttempt(), newAttempt()]
  await shop.hold(keyOf(others), [of(plenty.id, 5)])
  await shop.handlers.order_closed(closed(over))
  const events = [
    placed(short, [of(gone.id, 1)]),
    held,
    placed(over, [of(plenty.id, 1)]),
    placed(others, [of(plenty.id, 2)]),
    placed(ended, [of(plenty.id, 3)]),
  ]
  expect(await tell(events)).toEqual([
    done('applied', 'stock lost'),
    sold,
    done('ignored'),
    done('applied', 'stock sold without a hold'),
    done('applied', 'stock sold without a hold'),
  ])
  expect(await shop.count(plenty.id)).toEqual({ stock: 14, held: 0 })
  expect(await shop.lostAttempts(short.orderId)).toEqual([{ type: 'stock_lost', data: short }])
  for (const { orderId } of [over, others, ended]) expect(await shop.lostAttempts(orderId)).toEqual([])
  await tell(events)
  expect(await shop.count(plenty.id)).toEqual({ stock: 14, held: 0 })
})

it('are done one by one where one can not be, which is not marked as handled and may come again', async () => {
  const [good, wrong] = [await shop.newProduct({ stock: 5 }), await shop.newProduct({ stock: 5 })]
  const events = [...(await heldThenPlaced(good.id, 2)), ...(await heldThenPlaced(wrong.id, 1))]
  await shop.db.updateTable('product').set({ held: 0 }).where('id', '=', wrong.id).execute()
  expect((await tell(events)).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
  expect([await shop.count(good.id), await shop.count(wrong.id)]).toEqual([
    { stock: 3, held: 0 },
    { stock: 5, held: 0 },
  ])
  await compareStock(shop.db, { rebuild: true })
  await tell(events)
  expect(await shop.count(wrong.id)).toEqual({ stock: 4, held: 0 })
})

it('are each a sale once though two replicas are told of all of them, in other orders', async () => {
  const db = await openDatabase(shop.url)
  const other = createHandlers(db, () => undefined)
  const products = [await shop.newProduct({ stock: 50 }), await shop.newProduct({ stock: 50 })]
  const events = (await Promise.all(products.map(({ id }) => heldThenPlaced(id, 20)))).flat()
  const outcomes = await Promise.all([tell(events), tell(events.toReversed(), other)])
  expect(outcomes.flat().filter(({ status }) => status === 'rejected')).toEqual([])
  for (const { id } of products) expect(await shop.count(id)).toEqual({ stock: 30, held: 0 })
  await db.destroy()
  expect(await shop.deadlocks()).toBe(0)
})

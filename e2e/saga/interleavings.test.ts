import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { breaches, truthOf } from './truth.ts'
import { openWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(async () => {
  await world.stores.close()
  world.sandbox.close()
})

const step = fc.record({
  what: fc.constantFrom(
    ...(['place', 'place', 'deliver', 'deliver', 'deliver', 'deliver again', 'cancel', 'pay again', 'refund'] as const),
    ...(['refund all', 'restock', 'end holds', 'pass an hour', 'sweep', 'lose call', 'lose answer'] as const),
  ),
  which: fc.nat(30),
  token: fc.constantFrom('tok_ok', 'tok_ok', 'tok_declined'),
  quantity: fc.integer({ min: 1, max: 2 }),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never
type Placed = NonNullable<Awaited<ReturnType<World['place']>>>

const STOCK = 3

/** Does one step; what the shop refuses is no step. */
async function take({ what, which, token, quantity }: Step, lamp: string, orders: Placed[]): Promise<void> {
  const order = orders[which % Math.max(1, orders.length)]
  if (what === 'place') {
    const placed = await world.place(lamp, token, quantity)
    if (placed) orders.push(placed)
  } else if (what === 'deliver' || what === 'deliver again') await world.bus.deliver(which, what === 'deliver again')
  else if (what === 'end holds') await world.endHolds()
  else if (what === 'pass an hour') await world.passAnHour()
  else if (what === 'sweep') await world.sweepPayments()
  else if (what === 'lose call') world.sandbox.lost.there = 1
  else if (what === 'lose answer') world.sandbox.lost.back = 1
  else if (order && what === 'cancel') await world.cancel(order)
  else if (order && what === 'pay again') await world.payAgain(order, token)
  else if (order) await refund(order, what)
}

async function refund(order: Placed, how: Step['what']): Promise<void> {
  for (const { id } of (await truthOf(world, order.id)).payments) {
    if (how === 'refund') await world.refund(id, { amount: { amount: 300, currency: 'EUR' } })
    else await world.refund(id, { restock: how === 'restock' })
  }
}

it('keeps the promise however events are turned round, doubled and late, and whatever is asked meanwhile', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 30 }), async (steps) => {
      const lamp = await world.newProduct(STOCK)
      const orders: Placed[] = []
      for (const each of steps) await take(each, lamp, orders)
      await world.quiet()
      await world.endHolds()
      const truths = await Promise.all(orders.map(({ id }) => truthOf(world, id)))
      expect(truths.flatMap(breaches)).toEqual([])
      const sold = truths.map(({ sold, order }) => sold * (order.lines[0]?.quantity ?? 0))
      const row = await world.stores.products
        .selectFrom('product')
        .selectAll()
        .where('id', '=', lamp)
        .executeTakeFirst()
      expect([row?.stock, row?.held]).toEqual([STOCK - sold.reduce((sum, count) => sum + count, 0), 0])
    }),
    { numRuns: 40, endOnFailure: true },
  )
}, 300_000)

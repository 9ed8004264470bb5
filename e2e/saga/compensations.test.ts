import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { breaches, truthOf } from './truth.ts'
import { openWorld, type World } from './world.ts'

let world: World
let lamp: string
beforeAll(async () => {
  world = await openWorld()
})
afterAll(async () => {
  await world.stores.close()
  world.sandbox.close()
})
beforeEach(async () => {
  lamp = await world.newProduct(3)
})

async function place(token?: string) {
  const order = await world.place(lamp, token)
  if (!order) throw new Error('the order was refused')
  return order
}

const stock = () =>
  world.stores.products.selectFrom('product').select(['stock', 'held']).where('id', '=', lamp).executeTakeFirstOrThrow()

/** Delivers what waits for one service, and leaves the others waiting. */
async function deliverTo(consumer: string): Promise<void> {
  await world.bus.relay()
  for (;;) {
    const index = world.bus.waiting.findIndex((each) => each.consumer === consumer)
    if (index < 0) return
    await world.bus.deliver(index)
  }
}

async function endsAs(order: { id: string }, status: string, expected: { left: number; kept: number }) {
  await world.quiet()
  const truth = await truthOf(world, order.id)
  expect(breaches(truth)).toEqual([])
  expect([truth.order.status, truth.kept, await stock()]).toEqual([
    status,
    expected.kept,
    { stock: expected.left, held: 0 },
  ])
  return truth
}

describe('the straight way', () => {
  it('order, hold, payment: paid once, and the stock taken once', async () => {
    await endsAs(await place(), 'paid', { left: 2, kept: 1000 })
  })

  it('an outcome of the provider that is unknown is settled by sending the same charge again', async () => {
    world.sandbox.lost.back = 1
    const { ledger } = await endsAs(await place(), 'paid', { left: 2, kept: 1000 })
    expect(ledger).toHaveLength(1)
  })

  it('the price is that of the hold: whatever it was before and becomes after, that is charged', async () => {
    const price = (amount: number) =>
      world.stores.products.updateTable('product').set({ price_amount: amount }).where('id', '=', lamp).execute()
    await price(1300)
    const order = await place()
    expect(order.total.amount).toBe(1300)
    await price(2000)
    const { ledger } = await endsAs(order, 'paid', { left: 2, kept: 1300 })
    expect(ledger).toMatchObject([{ amount: { amount: 1300 } }])
  })

  it('an order stays pending while the provider is away, and is settled on its return', async () => {
    world.sandbox.lost.there = 3
    const order = await place()
    await world.bus.deliverAll()
    for (let i = 0; i < 2; i++) await world.sweepPayments()
    await world.passAnHour()
    expect((await truthOf(world, order.id)).order.status).toBe('pending')
    await endsAs(order, 'paid', { left: 2, kept: 1000 })
  })
})

describe('compensation', () => {
  it('a hold whose order was never written ends by itself', async () => {
    const refused = world.place(lamp, 'tok_ok', 4)
    expect(await refused).toBeUndefined()
    await world.endHolds()
    expect(await stock()).toEqual({ stock: 3, held: 0 })
  })

  it('a declined payment gives the stock back', async () => {
    await endsAs(await place('tok_declined'), 'payment_failed', { left: 3, kept: 0 })
  })

  it('a capture of another amount than the total is refunded, and the stock goes back', async () => {
    const order = await place()
    await deliverTo('payment')
    await world.bus.relay()
    world.bus.waiting.forEach(({ event }, index, all) => {
      if (event.type !== 'payment_captured') return
      const data = { ...event.data, amount: { amount: 1, currency: 'EUR' } }
      all[index] = { consumer: 'order', event: { ...event, data } }
    })
    await endsAs(order, 'payment_failed', { left: 3, kept: 0 })
  })

  it('an order that is not paid within an hour is cancelled', async () => {
    const order = await place('tok_declined')
    await world.quiet()
    await world.passAnHour()
    await endsAs(order, 'cancelled', { left: 3, kept: 0 })
  })

  it('an order cancelled before its payment gives the stock back, and the money that is captured all the same', async () => {
    const order = await place()
    await world.cancel(order)
    const { ledger } = await endsAs(order, 'cancelled', { left: 3, kept: 0 })
    expect(ledger).toMatchObject([{ refunded: { amount: 1000 } }])
  })

  it('an order cancelled after its payment gives back stock and money', async () => {
    const order = await place()
    await world.quiet()
    await world.cancel(order)
    await endsAs(order, 'refunded', { left: 3, kept: 0 })
  })

  it('stock lost before the payment cancels the order, and its capture is refunded', async () => {
    const order = await place()
    await world.endHolds()
    const others = [await world.place(lamp, 'tok_ok', 3)]
    expect(others[0]).toBeDefined()
    await world.bus.relay()
    world.bus.waiting.reverse()
    await deliverTo('product')
    await deliverTo('order')
    expect((await truthOf(world, order.id)).order.status).toBe('cancelled')
    await endsAs(order, 'cancelled', { left: 0, kept: 0 })
  })

  it('stock lost after the payment gives the money back', async () => {
    const order = await place()
    await deliverTo('payment')
    await deliverTo('order')
    expect((await truthOf(world, order.id)).order.status).toBe('paid')
    await world.endHolds()
    expect(await world.place(lamp, 'tok_ok', 3)).toBeDefined()
    await world.bus.relay()
    world.bus.waiting.reverse()
    await deliverTo('product')
    await endsAs(order, 'refunded', { left: 0, kept: 0 })
  })

  it('an order paid again after a decline is the next attempt, with stock of its own', async () => {
    const order = await place('tok_declined')
    await world.quiet()
    expect(await world.payAgain(order)).toBeDefined()
    const { attempts } = await endsAs(order, 'paid', { left: 2, kept: 1000 })
    expect([...attempts].toSorted()).toEqual([
      [1, 'closed'],
      [2, 'sold'],
    ])
  })

  it('a part that an admin refunds leaves order and stock as they are', async () => {
    const order = await place()
    await world.quiet()
    const [payment] = (await truthOf(world, order.id)).payments
    await world.refund(payment?.id ?? '', { amount: { amount: 300, currency: 'EUR' } })
    await endsAs(order, 'paid', { left: 2, kept: 700 })
  })

  it.each([
    [true, 3],
    [false, 2],
  ])('a whole refund by an admin puts the goods back as it says: %s', async (restock, left) => {
    const order = await place()
    await world.quiet()
    const [payment] = (await truthOf(world, order.id)).payments
    await world.refund(payment?.id ?? '', { restock })
    await endsAs(order, 'refunded', { left, kept: 0 })
  })

  it('a refund whose answer was lost is sent again under the same id', async () => {
    const order = await place()
    await world.quiet()
    world.sandbox.lost.back = 2
    await world.cancel(order)
    await endsAs(order, 'refunded', { left: 3, kept: 0 })
  })

  it('a cancellation and a refund by an admin at the same time give the money back once', async () => {
    const order = await place()
    await world.quiet()
    const [payment] = (await truthOf(world, order.id)).payments
    await Promise.all([world.cancel(order), world.refund(payment?.id ?? '', {})])
    await endsAs(order, 'refunded', { left: 3, kept: 0 })
  })

  it('of two customers who want the last ones, one is refused and nothing is left held', async () => {
    const orders = await Promise.all([world.place(lamp, 'tok_ok', 2), world.place(lamp, 'tok_ok', 2)])
    const [winner, ...more] = orders.flatMap((order) => (order ? [order] : []))
    expect(more).toEqual([])
    await endsAs(winner ?? { id: '' }, 'paid', { left: 1, kept: 2000 })
  })
})

import { newId } from '@portico/service-kit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { decide, type Happening, type PlacedOrder } from './orders.ts'
import { findOrder } from './store/orders.ts'
import { apply } from './store/steps.ts'
import { eur, openSetting, type Setting } from './testing/setting.ts'

let setting: Setting
beforeAll(async () => {
  setting = await openSetting()
})
afterAll(() => setting.close())

/** Two callers have read the same order; each decides on it and writes, without the lock of the row. */
async function race(orderId: string, one: Happening, other: Happening): Promise<boolean[]> {
  const { db } = setting
  const read = (await findOrder(db, orderId)) as PlacedOrder
  const write = (happening: Happening) =>
    db.transaction().execute(async (tx) => {
      const decision = decide(read, happening)
      return decision !== undefined && (await apply(tx, read, decision, { now: new Date() }))
    })
  return Promise.all([write(one), write(other)])
}

const captured = (): Happening => ({ type: 'captured', attempt: 1, paymentId: newId(), amount: eur(1000) })
const declined: Happening = { type: 'declined', attempt: 1 }
const refunded = (paymentId: string, refundedAmount: number): Happening => ({
  ...{ type: 'refunded', attempt: 1, paymentId, refundedAmount, whole: false, restock: false },
})

it.each([
  ['a cancellation and a capture', () => ({ type: 'cancel' }) as const, captured],
  ['two captures', captured, captured],
  ['a capture and a decline', captured, () => declined],
  ['two cancellations', () => ({ type: 'cancel' }) as const, () => ({ type: 'cancel' }) as const],
])('of %s at the same moment one wins, by the statement alone', async (_, one, other) => {
  for (let round = 0; round < 5; round++) {
    const order = await setting.anOrder()
    expect((await race(order.id, one(), other())).filter(Boolean)).toHaveLength(1)
  }
})

it('asks once for the money of an order that is cancelled by two at the same moment', async () => {
  const order = await setting.anOrder()
  await order.captured()
  const cancelling = { type: 'cancel' } as const
  expect((await race(order.id, cancelling, cancelling)).filter(Boolean)).toHaveLength(1)
  expect((await setting.typesOf(order.id)).filter((type) => type === 'refund_requested')).toHaveLength(1)
})

it('loses no refund of two that are counted at the same moment', async () => {
  const order = await setting.anOrder()
  await order.captured()
  const won = await race(order.id, refunded(order.paymentId, 100), refunded(order.paymentId, 300))
  expect(won.filter(Boolean)).toHaveLength(1)
})

it('is cancelled once though many ask at once, and every answer tells the truth', async () => {
  const order = await setting.anOrder()
  const answers = await Promise.all(Array.from({ length: 6 }, () => order.cancel()))
  expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 409, 409, 409, 409, 409])
  expect(await setting.typesOf(order.id)).toEqual(['order_placed', 'order_closed'])
})

it('is paid again once though many ask at once with keys of their own', async () => {
  const order = await setting.anOrder()
  await order.declined()
  const answers = await Promise.all(Array.from({ length: 5 }, () => order.payAgain()))
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(4)
  const attempts = (await setting.eventsOf(order.id)).filter(({ type }) => type === 'order_placed')
  expect(attempts).toHaveLength(2)
})

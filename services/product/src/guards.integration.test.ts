import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AttemptMoved, CLOSED_KEPT_MS, type Move, moveAttempt } from './store/attempts.ts'
import { keyOf, newAttempt, openTestShop, placed, type TestShop } from './test-shop.ts'

let shop: TestShop
beforeAll(async () => {
  shop = await openTestShop()
})
afterAll(() => shop.close())

const to = (from: Move['from'], next: Move['to']): Move => ({ from, to: next, heldUntil: null })

describe('an attempt', () => {
  it.each([
    ['is new', undefined, to('none', 'sold'), to('none', 'closed')],
    ['is held', to('none', 'held'), to('held', 'sold'), to('held', 'closed')],
    ['is sold', to('none', 'sold'), to('sold', 'closed'), to('sold', 'closed')],
  ])('that %s is moved on by one of two at the same moment, by the statement alone', async (_, before, one, other) => {
    for (let round = 0; round < 5; round++) {
      const key = keyOf(newAttempt())
      const move = (step: Move) => shop.db.transaction().execute((tx) => moveAttempt(tx, key, step))
      if (before) await move(before)
      const outcomes = await Promise.allSettled([move(one), move(other)])
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      const refused = outcomes.find((outcome) => outcome.status === 'rejected')
      expect(refused?.reason).toBeInstanceOf(AttemptMoved)
    }
  })

  it('that may be forgotten sells nothing more: the stock is told to be lost', async () => {
    const { id } = await shop.newProduct({ stock: 5 })
    const attempt = newAttempt()
    const event = placed(attempt, [{ productId: id, quantity: 1 }])
    const time = new Date(Date.now() - CLOSED_KEPT_MS - 1000).toISOString()
    await shop.handlers.order_placed({ ...event, time })
    expect(await shop.count(id)).toEqual({ stock: 5, held: 0 })
    expect(await shop.lostAttempts(attempt.orderId)).toEqual([{ type: 'stock_lost', data: attempt }])
  })
})

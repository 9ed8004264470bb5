import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { keyOf, newAttempt, openTestShop, type TestShop } from '../test-shop.ts'
import { lockAttempt, lockKeys, lockKeysForHold } from './attempt-locks.ts'

let shop: TestShop
beforeAll(async () => {
  shop = await openTestShop()
})
afterAll(() => shop.close())

it('are taken in one order, however they are named: two that want the same never wait in a circle', async () => {
  const keys = Array.from({ length: 2000 }, () => keyOf(newAttempt()))
  for (let round = 0; round < 5; round++) {
    await Promise.all([
      shop.db.transaction().execute((tx) => lockKeys(tx, keys)),
      shop.db.transaction().execute((tx) => lockKeysForHold(tx, keys.toReversed())),
    ])
  }
})

it('keep whoever comes for one of them waiting until the transaction ends', async () => {
  const [one, other] = [keyOf(newAttempt()), keyOf(newAttempt())]
  const order: string[] = []
  const locked = Promise.withResolvers<void>()
  const first = shop.db.transaction().execute(async (tx) => {
    await lockKeys(tx, [one, other])
    locked.resolve()
    await shop.db.transaction().execute((meanwhile) => lockAttempt(meanwhile, keyOf(newAttempt())))
    order.push('first')
  })
  await locked.promise
  await shop.db.transaction().execute((tx) => lockAttempt(tx, other))
  order.push('second')
  await first
  expect(order).toEqual(['first', 'second'])
})

it('let the commit of a hold wait for no disk, and that of nothing else', async () => {
  const durabilityAfter = (lock: typeof lockKeys) =>
    shop.db.transaction().execute(async (tx) => {
      await lock(tx, [keyOf(newAttempt()), keyOf(newAttempt())])
      const { rows } = await sql<{ synchronous_commit: string }>`show synchronous_commit`.execute(tx)
      return rows[0]?.synchronous_commit
    })
  expect([await durabilityAfter(lockKeysForHold), await durabilityAfter(lockKeys)]).toEqual(['off', 'on'])
})

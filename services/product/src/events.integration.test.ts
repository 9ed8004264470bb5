import type { EventOf } from '@portico/contracts'
import { createOutbox } from '@portico/service-kit/postgres'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HOLD_MS } from './attempts.ts'
import { sweepEndedHolds } from './holds.ts'
import { forgetClosedAttempts } from './store/attempts.ts'
import { openDatabase } from './store/database.ts'
import { stockFromLedger } from './store/stock.ts'
import { type AttemptName, closed, keyOf, newAttempt, openTestShop, placed, type TestShop } from './test-shop.ts'

let shop: TestShop
beforeAll(async () => {
  shop = await openTestShop()
})
afterAll(() => shop.close())

const of = (productId: string, quantity: number) => ({ productId, quantity })

/** What may come for one attempt; each may be refused, and none may break anything. */
function happenings(attempt: AttemptName, productId: string) {
  const place = placed(attempt, [of(productId, 2)])
  const close = closed(attempt)
  return {
    hold: () => shop.hold(keyOf(attempt), [of(productId, 2)]).then(String, ({ code }) => code),
    placed: () => shop.handlers.order_placed(place),
    closed: () => shop.handlers.order_closed(close),
  } satisfies Record<string, () => Promise<unknown>>
}

type Happening = keyof ReturnType<typeof happenings>

const permutations = (names: readonly Happening[]): Happening[][] =>
  names.length === 0
    ? [[]]
    : names.flatMap((name, i) => permutations(names.toSpliced(i, 1)).map((rest) => [name, ...rest]))

const everyOrder = new Set(
  permutations(['hold', 'hold', 'placed', 'placed', 'closed', 'closed']).map((names) => names.join(' ')),
)

describe('hold, order_placed and order_closed', () => {
  it('leave the whole stock behind once the order is closed, in every order and each of them twice', async () => {
    const { id } = await shop.newProduct({ stock: 5 })
    for (const order of everyOrder) {
      const attempt = newAttempt()
      const come = happenings(attempt, id)
      for (const name of order.split(' ') as Happening[]) await come[name]()
      expect(await shop.count(id), order).toEqual({ stock: 5, held: 0 })
      expect(await shop.lostAttempts(attempt.orderId), order).toEqual([])
    }
  }, 60_000)

  it('leave the whole stock behind when they all come at the same time', async () => {
    const { id } = await shop.newProduct({ stock: 5 })
    for (let round = 0; round < 20; round++) {
      const come = happenings(newAttempt(), id)
      await Promise.all([come.hold(), come.placed(), come.closed(), come.placed(), come.hold(), come.closed()])
      expect(await shop.count(id)).toEqual({ stock: 5, held: 0 })
    }
  })

  it('sell once without an order_closed, in whatever order and however often they come', async () => {
    for (const order of new Set(permutations(['hold', 'hold', 'placed', 'placed']).map((names) => names.join(' ')))) {
      const { id } = await shop.newProduct({ stock: 5 })
      const come = happenings(newAttempt(), id)
      for (const name of order.split(' ') as Happening[]) await come[name]()
      expect(await shop.count(id), order).toEqual({ stock: 3, held: 0 })
    }
  })

  it('tell a hold that comes after the end that the attempt is over', async () => {
    const { id } = await shop.newProduct({ stock: 5 })
    const come = happenings(newAttempt(), id)
    await come.closed()
    await come.placed()
    expect(await come.hold()).toBe('hold_closed')
  })
})

describe('an order_placed', () => {
  it('counts once though it is told again under another id', async () => {
    const { id } = await shop.newProduct({ stock: 5 })
    const attempt = newAttempt()
    const tell = () => shop.handlers.order_placed(placed(attempt, [of(id, 2)]))
    await Promise.all([tell(), tell(), tell()])
    expect(await shop.count(id)).toEqual({ stock: 3, held: 0 })
  })

  it('takes the stock anew when the hold had ended', async () => {
    const { id } = await shop.newProduct({ stock: 2 })
    const attempt = newAttempt()
    await shop.hold(keyOf(attempt), [of(id, 2)])
    await sweepEndedHolds(shop.db, Date.now() + 2 * HOLD_MS)
    await shop.handlers.order_placed(placed(attempt, [of(id, 2)]))
    expect(await shop.count(id)).toEqual({ stock: 0, held: 0 })
  })

  it('sells its own lines where the hold has others', async () => {
    const [one, two] = [await shop.newProduct({ stock: 5 }), await shop.newProduct({ stock: 5 })]
    const attempt = newAttempt()
    await shop.hold(keyOf(attempt), [of(one.id, 5)])
    await shop.handlers.order_placed(placed(attempt, [of(one.id, 1), of(two.id, 2)]))
    expect([await shop.count(one.id), await shop.count(two.id)]).toEqual([
      { stock: 4, held: 0 },
      { stock: 3, held: 0 },
    ])
  })

  it('sells what is held though the product was retired meanwhile', async () => {
    const { id } = await shop.newProduct({ stock: 5 })
    const attempt = newAttempt()
    await shop.hold(keyOf(attempt), [of(id, 5)])
    await shop.call('DELETE', `/v1/products/${id}`, { as: 'admin', headers: { 'if-match': '*' } })
    await shop.handlers.order_placed(placed(attempt, [of(id, 5)]))
    expect(await shop.count(id)).toEqual({ stock: 0, held: 0 })
  })

  it('says once that the stock is lost, takes no part of it, and ends the attempt', async () => {
    const [plenty, gone] = [await shop.newProduct({ stock: 5 }), await shop.newProduct({ stock: 1 })]
    const attempt = newAttempt()
    await shop.hold(keyOf(attempt), [of(plenty.id, 3)])
    const event = placed(attempt, [of(plenty.id, 1), of(gone.id, 2)])
    await Promise.all([shop.handlers.order_placed(event), shop.handlers.order_placed(event)])
    await shop.handlers.order_placed(placed(attempt, [of(plenty.id, 1)]))
    expect(await shop.lostAttempts(attempt.orderId)).toEqual([{ type: 'stock_lost', data: attempt }])
    expect([await shop.count(plenty.id), await shop.count(gone.id)]).toEqual([
      { stock: 5, held: 0 },
      { stock: 1, held: 0 },
    ])
    await expect(shop.hold(keyOf(attempt), [of(plenty.id, 1)])).rejects.toMatchObject({ code: 'hold_closed' })
  })

  it('of the next attempt is none of the one before', async () => {
    const { id } = await shop.newProduct({ stock: 5 })
    const first = newAttempt()
    await shop.handlers.order_closed(closed(first))
    await shop.handlers.order_placed(placed({ ...first, attempt: 2 }, [of(id, 2)]))
    await shop.handlers.order_placed(placed(first, [of(id, 2)]))
    expect(await shop.count(id)).toEqual({ stock: 3, held: 0 })
  })
})

describe('the outbox', () => {
  it('keeps what could not be published, and hands out nothing twice, nor to two at once', async () => {
    const outbox = createOutbox(shop.db)
    const { id } = await shop.newProduct({ stock: 0 })
    const attempt = newAttempt()
    await shop.handlers.order_placed(placed(attempt, [of(id, 1)]))
    await expect(outbox.drain(100, () => Promise.reject(new Error('the bus is down')))).rejects.toThrow('bus is down')
    const published: EventOf<'stock_lost'>['data'][] = []
    const counts = await Promise.all(
      [1, 2].map(() =>
        outbox.drain(100, async (events) => {
          for (const event of events) if (event.type === 'stock_lost') published.push(event.data)
        }),
      ),
    )
    expect(published).toContainEqual(attempt)
    expect(counts.filter((count) => count > 0)).toHaveLength(1)
    expect(await outbox.drain(100, () => Promise.reject(new Error('nothing is left')))).toBe(0)
    expect((await outbox.depth()).waiting).toBe(0)
  })
})

it('remembers a closed attempt for 30 days, and a sale for ever', async () => {
  const { id } = await shop.newProduct({ stock: 5 })
  const [over, sold] = [newAttempt(), newAttempt()]
  await shop.handlers.order_placed(placed(over, [of(id, 1)]))
  await shop.handlers.order_placed(placed(sold, [of(id, 1)]))
  await shop.handlers.order_closed(closed(over))
  const afterDays = async (days: number) => {
    await forgetClosedAttempts(shop.db, Date.now() + days * 24 * 3600 * 1000)
    const attempts = shop.db
      .selectFrom('attempt')
      .select('state')
      .where('key', 'in', [keyOf(over), keyOf(sold)])
    return (await attempts.execute()).map(({ state }) => state).toSorted()
  }
  expect(await afterDays(29)).toEqual(['closed', 'sold'])
  expect(await afterDays(31)).toEqual(['sold'])
})

it('migrates one database from several replicas at once', async () => {
  const replicas = await Promise.all([1, 2, 3].map(() => openDatabase(shop.url)))
  await Promise.all(replicas.map((replica) => replica.destroy()))
})

it('outlives a connection that breaks in the middle of a transaction', async () => {
  const broken = shop.db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
    await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(shop.db)
    await sql`select 1`.execute(tx)
  })
  await expect(broken).rejects.toThrow()
  expect((await shop.call('GET', '/v1/products')).status).toBe(200)
})

const step = fc.record({
  who: fc.nat(2),
  what: fc.constantFrom('hold', 'placed', 'closed', 'count', 'sweep'),
  quantity: fc.integer({ min: 1, max: 4 }),
  other: fc.boolean(),
})

it('has at every time the stock that its ledger says, at least what is held, and all of it once orders end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 15 }), async (steps) => {
      const ids = [(await shop.newProduct({ stock: 5 })).id, (await shop.newProduct({ stock: 5 })).id]
      const attempts = [newAttempt(), newAttempt(), newAttempt()]
      const counted = new Map(ids.map((id) => [id, 5]))
      for (const { who, what, quantity, other } of steps) {
        const attempt = attempts[who] ?? newAttempt()
        const lines = (other ? ids : ids.slice(0, 1)).map((id) => of(id, quantity))
        if (what === 'hold') await shop.hold(keyOf(attempt), lines).catch(() => undefined)
        if (what === 'placed') await shop.handlers.order_placed(placed(attempt, lines))
        if (what === 'closed') await shop.handlers.order_closed(closed(attempt))
        if (what === 'sweep') await sweepEndedHolds(shop.db, Date.now() + 2 * HOLD_MS)
        if (what === 'count') {
          const [id = ''] = ids
          const body = { delta: other ? quantity : -quantity, reason: 'count' }
          const { status } = await shop.call('POST', `/v1/products/${id}/stock`, { as: 'admin', body })
          if (status === 200) counted.set(id, (counted.get(id) ?? 0) + body.delta)
        }
        const ledger = await stockFromLedger(shop.db)
        for (const id of ids) {
          const { stock, held } = await shop.count(id)
          expect(ledger.get(id)).toBe(stock)
          expect(held).toBeLessThanOrEqual(stock)
        }
      }
      for (const attempt of attempts) await shop.handlers.order_closed(closed(attempt))
      for (const id of ids) expect(await shop.count(id)).toEqual({ stock: counted.get(id), held: 0 })
    }),
    { numRuns: 30 },
  )
}, 60_000)

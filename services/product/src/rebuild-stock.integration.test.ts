import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { compareStock } from './store/stock-books.ts'
import { closed, keyOf, newAttempt, openTestShop, placed, type TestShop } from './test-shop.ts'

let shop: TestShop
beforeAll(async () => {
  shop = await openTestShop()
})
afterAll(() => shop.close())

const of = (productId: string, quantity: number) => ({ productId, quantity })
const check = () => compareStock(shop.db, { rebuild: false })
const rebuild = () => compareStock(shop.db, { rebuild: true })
const corrupt = (id: string, row: { stock: number; held: number }) =>
  shop.db.updateTable('product').set(row).where('id', '=', id).execute()

/** A product that was received, held, sold, given back and counted. */
async function livedThrough(): Promise<string> {
  const { id } = await shop.newProduct({ stock: 20 })
  const [sold, back] = [newAttempt(), newAttempt()]
  await shop.hold(keyOf(sold), [of(id, 3)])
  await shop.handlers.order_placed(placed(sold, [of(id, 3)]))
  await shop.handlers.order_placed(placed(back, [of(id, 5)]))
  await shop.handlers.order_closed(closed(back))
  await shop.call('POST', `/v1/products/${id}/stock`, { as: 'admin', body: { delta: -1, reason: 'broken' } })
  await shop.hold(keyOf(newAttempt()), [of(id, 4)])
  return id
}

it('finds nothing where nothing is wrong', async () => {
  await livedThrough()
  expect(await check()).toEqual([])
})

it('shows what differs and changes nothing, then sets it right from ledger and attempts', async () => {
  const id = await livedThrough()
  expect(await shop.count(id)).toEqual({ stock: 16, held: 4 })
  await corrupt(id, { stock: 999, held: 7 })
  const difference = { productId: id, stock: 999, held: 7, stockByLedger: 16, heldByAttempts: 4 }
  expect(await check()).toMatchObject([difference])
  expect(await shop.count(id)).toEqual({ stock: 999, held: 7 })
  expect(await rebuild()).toMatchObject([difference])
  expect([await shop.count(id), await check()]).toEqual([{ stock: 16, held: 4 }, []])
})

it('loses no hold, sale or return that runs meanwhile', async () => {
  const { id } = await shop.newProduct({ stock: 500 })
  await corrupt(id, { stock: 700, held: 0 })
  const customer = async (index: number) => {
    const attempt = newAttempt()
    await shop.hold(keyOf(attempt), [of(id, 1)])
    if (index % 3 === 0) return
    await shop.handlers.order_placed(placed(attempt, [of(id, 1)]))
    if (index % 3 === 1) await shop.handlers.order_closed(closed(attempt))
  }
  const work = Promise.all(Array.from({ length: 30 }, (_, index) => customer(index)))
  for (let i = 0; i < 5; i++) await rebuild()
  await work
  await rebuild()
  expect([await shop.count(id), await check()]).toEqual([{ stock: 490, held: 10 }, []])
})

it('is a command that says what it found, by its exit code too', async () => {
  const program = fileURLToPath(new URL('rebuild-stock.ts', import.meta.url))
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [program, ...args], { env: { POSTGRES_URL: shop.url } }).then(
      ({ stdout }) => ({ code: 0, stdout }),
      ({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout }),
    )
  const { id, sku } = await shop.newProduct({ stock: 5 })
  await corrupt(id, { stock: 6, held: 0 })
  expect(await run('check')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining(`${sku}: stock 6, by the ledger 5`),
  })
  expect(await run('rebuild')).toMatchObject({ code: 0, stdout: expect.stringContaining('set right') })
  expect(await run('check')).toEqual({ code: 0, stdout: 'Every stock is what its ledger says.\n' })
  expect(await run('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('rebuild') })
  expect((await run('mend')).code).toBe(1)
})

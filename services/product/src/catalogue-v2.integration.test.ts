import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestShop, type TestShop } from './test-shop.ts'

let shop: TestShop
beforeAll(async () => {
  shop = await openTestShop()
})
afterAll(() => shop.close())

interface ProductV2 {
  readonly id: string
  readonly price: string
  readonly currency: string
}

const get = async <Body>(path: string, headers: Record<string, string> = {}) => {
  const { status, headers: answered, body } = await shop.call('GET', path, { headers })
  return { status, etag: answered.get('etag'), body: body as Body }
}

it('says prices as decimals with their currency, and links pages until there are no more', async () => {
  const category = randomUUID()
  const ids: string[] = []
  for (const amount of [1999, 5, 120_000]) ids.push((await shop.newProduct({ category, amount })).id)
  const prices = new Map<string, string>()
  for (let path: string | null = `/v2/products?category=${category}&limit=2`; path !== null; ) {
    const page: { items: ProductV2[]; page: { next: string | null } } = (await get<never>(path)).body
    for (const { id, price, currency } of page.items) prices.set(id, `${price} ${currency}`)
    path = page.page.next
  }
  expect(ids.map((id) => prices.get(id))).toEqual(['19.99 EUR', '0.05 EUR', '1200.00 EUR'])
})

it('has a tag of its own for each version, since both may stand at one address', async () => {
  const { id } = await shop.newProduct({ amount: 1999 })
  const first = await get(`/v1/products/${id}`)
  const second = await get<ProductV2>(`/v2/products/${id}`)
  expect(second).toMatchObject({ status: 200, body: { id, price: '19.99', currency: 'EUR' } })
  expect(second.etag).not.toBe(first.etag)
  const again = (tag: string | null) => get(`/v2/products/${id}`, { 'if-none-match': tag ?? '' })
  expect((await again(`W/${second.etag}`)).status).toBe(304)
  expect((await again('*')).status).toBe(304)
  expect((await again(first.etag)).status).toBe(200)
})

it('answers what is wrong as the first version does', async () => {
  expect((await get('/v2/products?limit=0')).status).toBe(400)
  expect((await get(`/v2/products/${randomUUID()}`)).status).toBe(404)
  expect((await get('/v2/products/nonsense')).status).toBe(400)
})

import { randomUUID } from 'node:crypto'
import { listCategories } from '@portico/contracts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eur, openTestShop, type TestShop } from './test-shop.ts'

let shop: TestShop
beforeAll(async () => {
  shop = await openTestShop()
})
afterAll(() => shop.close())

async function categories(query = '') {
  const response = await shop.call('GET', `/v1/categories${query}`)
  expect(response.status).toBe(200)
  return listCategories.replies[200].parse(response.body)
}

const named = async (name: string) => (await categories('?limit=100')).items.find((category) => category.name === name)

/** Adds a product with a price or a picture that the others have not. */
async function add(category: string, given: { price?: object; imageUrl?: string } = {}) {
  const body = { sku: randomUUID(), name: 'Thing', description: '', category, price: eur(900), stock: 1, ...given }
  return (await shop.call('POST', '/v1/products', { as: 'admin', body })).body
}

describe('the categories', () => {
  it('are those of the products, each with how many it has, from which price on, and a picture', async () => {
    const name = randomUUID()
    expect(await named(name)).toBeUndefined()
    await add(name, { price: eur(700) })
    await add(name, { imageUrl: '/pictures/A.svg' })
    await add(name, { price: { amount: 5, currency: 'JPY' } })
    expect(await named(name)).toEqual({
      name,
      products: 3,
      lowestPrices: [eur(700), { amount: 5, currency: 'JPY' }],
      imageUrl: '/pictures/A.svg',
    })
  })

  it('have no picture where their products have none, and go with their last product', async () => {
    const name = randomUUID()
    const { id } = await add(name)
    expect((await named(name))?.imageUrl).toBeNull()
    await shop.call('DELETE', `/v1/products/${id}`, { as: 'admin', headers: { 'if-match': '*' } })
    expect(await named(name)).toBeUndefined()
  })

  it('are walked by name without a gap or a repeat, also at the alias', async () => {
    for (let i = 0; i < 3; i++) await add(randomUUID())
    const whole = (await categories('?limit=100')).items.map(({ name }) => name)
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await categories(`?limit=1${cursor && `&cursor=${cursor}`}`)
      seen.push(...page.items.map(({ name }) => name))
      cursor = page.nextCursor
    }
    expect(seen).toEqual(whole)
    expect(new Set(seen).size).toBe(seen.length)
    expect((await shop.call('GET', '/categories?limit=100')).body.items.map(({ name }) => name)).toEqual(whole)
  })

  it.each(['limit=0', 'limit=101', 'cursor=nonsense', `cursor=${Buffer.from('[1]').toString('base64url')}`])(
    'refuse %s, naming the field',
    async (query) => {
      const { status, body } = await shop.call('GET', `/v1/categories?${query}`)
      expect([status, body.errors.map(({ field }) => field)]).toEqual([400, [query.split('=')[0]]])
    },
  )

  it('take a cursor with NUL, which no name has, like every other', async () => {
    const cursor = Buffer.from(JSON.stringify(['a\0b'])).toString('base64url')
    expect((await shop.call('GET', `/v1/categories?cursor=${cursor}`)).status).toBe(200)
  })
})

it('tells of them in its OpenAPI document', async () => {
  const { body } = await shop.call('GET', '/openapi.json')
  expect(Object.keys((body as unknown as { paths: object }).paths)).toContain('/v1/categories')
})

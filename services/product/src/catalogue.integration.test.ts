import { randomUUID } from 'node:crypto'
import { newId } from '@portico/service-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seed } from './seed.ts'
import { eur, openTestShop, type TestShop } from './test-shop.ts'

let shop: TestShop
beforeAll(async () => {
  shop = await openTestShop()
})
afterAll(() => shop.close())

/** Every id of a list, page by page; `between` is done after each page. */
async function walk(query: string, between: () => Promise<unknown> = async () => undefined): Promise<string[]> {
  const seen: string[] = []
  let cursor = ''
  do {
    const { status, body } = await shop.call('GET', `/v1/products?${query}&limit=2${cursor}`)
    expect(status).toBe(200)
    seen.push(...body.items.map(({ id }) => id))
    cursor = body.nextCursor ? `&cursor=${body.nextCursor}` : ''
    await between()
  } while (cursor)
  return seen
}

describe('the list', () => {
  it('is sorted by name unless told otherwise', async () => {
    const category = randomUUID()
    const names = ['B', 'C', 'A', 'B']
    for (const name of names) await shop.newProduct({ category, name })
    const { body } = await shop.call('GET', `/v1/products?category=${category}`)
    expect(body.items.map(({ name }) => name)).toEqual(names.toSorted())
  })

  it.each(['name', 'price', '-price', '-updatedAt'])('is walked by %s without a gap or a repeat', async (sort) => {
    const category = randomUUID()
    const ids: string[] = []
    for (let i = 0; i < 7; i++) {
      ids.push((await shop.newProduct({ category, name: `Thing ${i % 3}`, amount: (i % 2) * 100 })).id)
    }
    const seen = await walk(`category=${category}&sort=${sort}`)
    expect(seen.toSorted()).toEqual(ids.toSorted())
    const whole = await shop.call('GET', `/v1/products?category=${category}&sort=${sort}&limit=100`)
    expect(whole.body.items.map(({ id }) => id)).toEqual(seen)
  })

  it('keeps its place when products come in between', async () => {
    const category = randomUUID()
    const ids: string[] = []
    for (let i = 0; i < 6; i++) ids.push((await shop.newProduct({ category, name: 'Same name' })).id)
    const seen = await walk(`category=${category}`, () => shop.newProduct({ category, name: 'A new one, before all' }))
    expect(seen).toEqual(ids.toSorted())
  })

  it('is sorted by price and by the last change', async () => {
    const category = randomUUID()
    const dear = await shop.newProduct({ category, amount: 900 })
    const cheap = await shop.newProduct({ category, amount: 100 })
    await shop.call('PATCH', `/v1/products/${dear.id}`, {
      as: 'admin',
      body: { name: 'Changed' },
      headers: { 'if-match': '*' },
    })
    expect(await walk(`category=${category}&sort=price`)).toEqual([cheap.id, dear.id])
    expect(await walk(`category=${category}&sort=-price`)).toEqual([dear.id, cheap.id])
    expect(await walk(`category=${category}&sort=-updatedAt`)).toEqual([dear.id, cheap.id])
  })

  it('refuses the cursor of another order, and what is no cursor of its own', async () => {
    const category = randomUUID()
    for (let i = 0; i < 2; i++) await shop.newProduct({ category })
    const { body } = await shop.call('GET', `/v1/products?category=${category}&limit=1&sort=price`)
    const made = (...values: unknown[]) => Buffer.from(JSON.stringify(values)).toString('base64url')
    const wrong = [
      ['-price', body.nextCursor],
      ['name', 'nonsense'],
      ['name', made('name', 'Thing', 'no id')],
      ['name', made('name', 'a\0b', newId())],
      ['price', made('price', 1.5, newId())],
      ['-updatedAt', made('-updatedAt', 'yesterday', newId())],
    ]
    for (const [sort, cursor] of wrong) {
      const answer = await shop.call('GET', `/v1/products?limit=1&sort=${sort}&cursor=${cursor}`)
      expect([answer.status, answer.body.errors.map(({ field }) => field)], `${sort} ${cursor}`).toEqual([
        400,
        ['cursor'],
      ])
    }
  })

  it('finds words in any form, beginnings of words, and pieces of a name', async () => {
    const category = randomUUID()
    const lamp = await shop.newProduct({ category, name: 'Reading lamps', amount: 500 })
    const shelf = await shop.newProduct({ category, name: 'Bookshelf for reading rooms', amount: 900 })
    const found = (q: string) => walk(`category=${category}&q=${encodeURIComponent(q)}`)
    expect(await found('lamp')).toEqual([lamp.id])
    expect(await found('read lam')).toEqual([lamp.id])
    expect(await found('eading la')).toEqual([lamp.id])
    expect(await found('reading -lamp')).toEqual([shelf.id])
    expect(await found(shelf.sku.slice(3))).toEqual([shelf.id])
    expect(await found('sofa')).toEqual([])
  })

  it.each(['50%', '_', "o'clock", '\\', '"', "'':* & !", '½', '² x', '日本', '-', 'or', '<->', ':*'])(
    'takes %s as words like any others',
    async (q) => {
      expect((await shop.call('GET', `/v1/products?q=${encodeURIComponent(q)}`)).status).toBe(200)
      const category = randomUUID()
      const named = await shop.newProduct({ category, name: `x${q}x` })
      expect(await walk(`category=${category}&q=${encodeURIComponent(`x${q}x`)}`)).toEqual([named.id])
    },
  )

  it('filters by price, and refuses a range that is none and a text with NUL', async () => {
    const category = randomUUID()
    const cheap = await shop.newProduct({ category, amount: 500 })
    const dear = await shop.newProduct({ category, amount: 900 })
    expect(await walk(`category=${category}&maxPrice=500`)).toEqual([cheap.id])
    expect(await walk(`category=${category}&minPrice=501&maxPrice=900`)).toEqual([dear.id])
    for (const query of ['minPrice=2&maxPrice=1', 'q=%00', 'category=%00', 'minPrice=1.5', 'sort=sku', 'limit=101'])
      expect((await shop.call('GET', `/v1/products?${query}`)).status, query).toBe(400)
  })
})

describe('a product', () => {
  it('is told again only when it has changed', async () => {
    const path = `/v1/products/${(await shop.newProduct()).id}`
    const etag = (await shop.call('GET', path)).headers.get('etag') ?? ''
    const statusWith = async (tags: string) =>
      (await shop.call('GET', path, { headers: { 'if-none-match': tags } })).status
    expect(etag).toBe('"1"')
    for (const tags of [etag, `W/${etag}`, `"other", ${etag}`, '*']) expect(await statusWith(tags), tags).toBe(304)
    for (const tags of ['"2"', '1', '"other"']) expect(await statusWith(tags), tags).toBe(200)
  })

  it('is changed only by an admin who has seen its latest version', async () => {
    const path = `/v1/products/${(await shop.newProduct()).id}`
    const statusOf = async (ifMatch: string | undefined, as: 'admin' | 'customer' = 'admin') => {
      const condition = ifMatch !== undefined && { headers: { 'if-match': ifMatch } }
      return (await shop.call('PATCH', path, { as, body: { price: eur(5) }, ...condition })).status
    }
    expect((await shop.call('PATCH', path, { body: {} })).status).toBe(401)
    expect(await statusOf('"1"', 'customer')).toBe(403)
    expect(await statusOf(undefined)).toBe(428)
    for (const stale of ['"7"', 'W/"1"', '1', '"x"', '"0", "2"']) expect(await statusOf(stale), stale).toBe(412)
    expect(await statusOf('"7", "1"')).toBe(200)
    expect(await statusOf('"1"')).toBe(412)
    expect(await statusOf('*')).toBe(200)
    expect((await shop.call('GET', path)).headers.get('etag')).toBe('"3"')
  })

  it('is changed by one of two admins who saw the same version', async () => {
    const path = `/v1/products/${(await shop.newProduct()).id}`
    const change = (name: string) =>
      shop.call('PATCH', path, { as: 'admin', body: { name }, headers: { 'if-match': '"1"' } })
    const answers = await Promise.all([change('One'), change('Two')])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412])
  })

  it('is retired: gone from the list and for whoever asks for it', async () => {
    const category = randomUUID()
    const path = `/v1/products/${(await shop.newProduct({ category })).id}`
    const retire = (headers: Record<string, string>) => shop.call('DELETE', path, { as: 'admin', headers })
    expect((await retire({})).status).toBe(428)
    expect((await retire({ 'if-match': '"2"' })).status).toBe(412)
    expect((await retire({ 'if-match': '"1"' })).status).toBe(204)
    expect((await retire({ 'if-match': '"2"' })).status).toBe(404)
    expect((await shop.call('GET', path)).status).toBe(404)
    expect(await walk(`category=${category}`)).toEqual([])
    const count = { as: 'admin', body: { delta: 1, reason: 'count' } } as const
    expect((await shop.call('POST', `${path}/stock`, count)).status).toBe(404)
  })

  it('has a SKU that no other has', async () => {
    const [{ sku }, other] = [await shop.newProduct(), await shop.newProduct()]
    const body = { sku, name: 'Other', description: '', category: 'things', price: eur(1), stock: 0 }
    const answers = [
      await shop.call('POST', '/v1/products', { as: 'admin', body }),
      await shop.call('PATCH', `/v1/products/${other.id}`, {
        as: 'admin',
        body: { sku },
        headers: { 'if-match': '*' },
      }),
    ]
    for (const { status, body: problem } of answers)
      expect([status, problem.type]).toEqual([409, 'urn:portico:problem:sku-taken'])
  })
})

describe('the stock', () => {
  const count = (id: string, delta: number) =>
    shop.call('POST', `/v1/products/${id}/stock`, { as: 'admin', body: { delta, reason: 'count' } })

  it('is changed by what an admin says, and leaves version and updatedAt alone', async () => {
    const { id, updatedAt } = await shop.newProduct({ stock: 3 })
    expect((await count(id, 4)).body).toMatchObject({ available: 7, updatedAt })
    expect((await shop.call('GET', `/v1/products/${id}`)).headers.get('etag')).toBe('"1"')
  })

  it('falls neither below zero nor above what fits', async () => {
    const { id } = await shop.newProduct({ stock: 3 })
    expect((await count(id, -4)).body).toMatchObject({ status: 409, type: 'urn:portico:problem:stock-below-zero' })
    expect((await count(id, 1_000_000_000)).body.errors).toMatchObject([{ field: 'delta' }])
    expect((await count(id, -3)).body.available).toBe(0)
  })

  it('of one product is taken by one of two admins where it is enough for one', async () => {
    const { id } = await shop.newProduct({ stock: 5 })
    const answers = await Promise.all([count(id, -3), count(id, -3)])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409])
  })
})

it('is seeded once with at least sixty products, whoever else seeds', async () => {
  const added = await Promise.all([seed(shop.db), seed(shop.db)])
  expect(added[0] + added[1]).toBeGreaterThanOrEqual(60)
  expect(await seed(shop.db)).toBe(0)
})

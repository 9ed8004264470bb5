import type { AuditEntry, StockMovement } from '@portico/contracts'
import { newId } from '@portico/service-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eur, openTestShop, type TestShop } from './test-shop.ts'

let shop: TestShop

beforeAll(async () => {
  shop = await openTestShop()
})
afterAll(() => shop.close())

const as = 'admin'
const log = async (query = '') => (await shop.call('GET', `/v1/admin/audit?${query}`, { as })).body
const entriesOf = async (id: string) =>
  ((await log('limit=100')).items as unknown as AuditEntry[]).filter(({ subject }) => subject === id).reverse()

describe('who may', () => {
  it.each(['/v1/admin/products/no-id/movements', '/v1/admin/audit?limit=0'])(
    'GET %s is decided before what was sent is looked at',
    async (path) => {
      const answers = [{}, { as: 'customer' }, { as }] as const
      const statuses = await Promise.all(answers.map(async (ask) => (await shop.call('GET', path, ask)).status))
      expect(statuses).toEqual([401, 403, 400])
    },
  )
})

describe('the audit log', () => {
  it('has everything an admin does to a product, with what was different', async () => {
    const { id, sku } = await shop.newProduct({ stock: 5, amount: 1000, name: 'Lamp' })
    const path = `/v1/products/${id}`
    const etag = (await shop.call('GET', path)).headers.get('etag') ?? ''
    const headers = { 'if-match': etag }
    const patched = await shop.call('PATCH', path, { as, headers, body: { name: 'Desk lamp', price: eur(1500) } })
    await shop.call('POST', `${path}/stock`, { as, body: { delta: -2, reason: 'broken' } })
    await shop.call('DELETE', path, { as, headers: { 'if-match': patched.headers.get('etag') ?? '' } })
    const by = { service: 'product', subject: id, actor: expect.any(String), requestId: expect.any(String) }
    expect(await entriesOf(id)).toMatchObject([
      { ...by, action: 'product.created', before: null, after: { sku, name: 'Lamp', price: eur(1000), stock: 5 } },
      {
        ...by,
        action: 'product.changed',
        before: { name: 'Lamp', price: eur(1000) },
        after: { name: 'Desk lamp', price: eur(1500) },
      },
      { ...by, action: 'stock.changed', before: { stock: 5 }, after: { stock: 3, delta: -2, reason: 'broken' } },
      { ...by, action: 'product.retired', before: { sku, name: 'Desk lamp' }, after: null },
    ])
  })

  it('lacks what was refused', async () => {
    const { id, sku } = await shop.newProduct({ stock: 1 })
    const other = await shop.newProduct()
    const headers = { 'if-match': '"99"' }
    await shop.call('PATCH', `/v1/products/${id}`, { as, headers, body: { name: 'x' } })
    await shop.call('DELETE', `/v1/products/${id}`, { as, headers })
    await shop.call('POST', `/v1/products/${id}/stock`, { as, body: { delta: -2, reason: 'x' } })
    await shop.call('PATCH', `/v1/products/${other.id}`, { as, headers: { 'if-match': '*' }, body: { sku } })
    expect((await entriesOf(id)).map(({ action }) => action)).toEqual(['product.created'])
    expect((await entriesOf(other.id)).map(({ action }) => action)).toEqual(['product.created'])
  })

  it('comes in pages, and of one admin alone', async () => {
    const made = [await shop.newProduct(), await shop.newProduct(), await shop.newProduct()].map(({ id }) => id)
    const first = await log('limit=2')
    const second = await log(`limit=1&cursor=${first.nextCursor}`)
    const items = [...first.items, ...second.items] as unknown as AuditEntry[]
    expect(items.map(({ subject }) => subject)).toEqual(made.reverse())
    expect((await log(`actor=${items[0]?.actor}`)).items).toEqual([items[0]])
  })
})

describe('the ledger of a product', () => {
  it('tells what moved its stock, the latest first, in pages', async () => {
    const { id } = await shop.newProduct({ stock: 5 })
    await shop.call('POST', `/v1/products/${id}/stock`, { as, body: { delta: 3, reason: 'delivery' } })
    const page = (await shop.call('GET', `/v1/admin/products/${id}/movements?limit=1`, { as })).body
    expect(page.items).toMatchObject([{ delta: 3, reason: 'delivery', orderId: null }])
    const path = `/v1/admin/products/${id}/movements?limit=1&cursor=${page.nextCursor}`
    const { body } = await shop.call('GET', path, { as })
    expect(body.nextCursor).toBeNull()
    expect(body.items as unknown as StockMovement[]).toMatchObject([{ delta: 5, reason: 'first stock' }])
    expect((await shop.call('GET', `/v1/admin/products/${newId()}/movements`, { as })).status).toBe(404)
  })
})

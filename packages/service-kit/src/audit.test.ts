import { expect, it } from 'vitest'
import { auditEntryOf, differenceOf } from './audit.ts'
import { firstIdAt, newId } from './ids.ts'

const by = { userId: newId(), requestId: 'request-1' }

it('an entry says who did what to which thing, in order of time', () => {
  const entry = auditEntryOf('product', by, {
    action: 'product.retired',
    subject: 'p',
    before: { sku: 'A' },
    after: null,
  })
  expect(entry).toMatchObject({
    service: 'product',
    actor: by.userId,
    requestId: 'request-1',
    subject: 'p',
    after: null,
  })
  expect(entry.id < newId()).toBe(true)
})

it('cuts long texts', () => {
  const { after } = auditEntryOf('product', by, {
    action: 'product.created',
    subject: 'p',
    before: null,
    after: { description: 'x'.repeat(5000), stock: 3 },
  })
  expect(String(after?.description)).toHaveLength(500)
  expect(after?.stock).toBe(3)
})

it('a difference holds the fields that changed, and no others', () => {
  expect(
    differenceOf(
      { name: 'Lamp', price: { amount: 1, currency: 'EUR' }, sku: 'A' },
      { name: 'Lamp', price: { amount: 2, currency: 'EUR' }, imageUrl: '/x' },
    ),
  ).toEqual({
    before: { price: { amount: 1, currency: 'EUR' }, imageUrl: null },
    after: { price: { amount: 2, currency: 'EUR' }, imageUrl: '/x' },
  })
})

it('ids made from a time on are not below its first id, those before are', () => {
  const before = newId()
  expect(before >= firstIdAt(Date.now() - 1000)).toBe(true)
  expect(before < firstIdAt(Date.now() + 1000)).toBe(true)
})

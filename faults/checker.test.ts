import { describe, expect, it } from 'vitest'
import { check } from './checker.ts'
import type { Evidence, OrderRow } from './evidence/evidence.ts'
import type { Purchase } from './journal.ts'

const [order, lamp, payment] = ['order-1', 'lamp', 'payment-1']

/** A shop in which one order of two lamps was paid, and everything is as it was promised. */
function paidShop() {
  const eur = (amount: number) => ({ amount, currency: 'EUR' })
  const items = [{ productId: lamp, name: 'Lamp', quantity: 2, unitPrice: eur(500) }]
  const told = { id: order, status: 'pending' as const, items, total: eur(1000), refunded: eur(0), createdAt: '' }
  const purchase: Purchase = {
    customer: 'ada',
    key: 'key-1',
    body: {},
    order: told,
    cancellation: undefined,
    paidAgain: 0,
    refunds: [],
  }
  const row: OrderRow = {
    id: order,
    status: 'paid',
    attempt: 1,
    total: 1000,
    refunded: 0,
    paymentId: payment,
    returning: false,
    lines: [{ productId: lamp, quantity: 2, unitAmount: 500 }],
  }
  const evidence: Evidence = {
    orders: [row],
    orderEvents: [],
    products: [{ id: lamp, stock: 8, held: 0 }],
    movements: [
      { productId: lamp, delta: 10, reason: 'received', attempt: null },
      { productId: lamp, delta: -2, reason: 'sold', attempt: `${order}:1` },
    ],
    attempts: [{ key: `${order}:1`, state: 'sold' }],
    productEvents: [],
    payments: [{ id: payment, orderId: order, attempt: 1, status: 'captured', amount: 1000, refunded: 0, reserved: 0 }],
    refunds: [],
    ledger: [{ key: `${order}:1`, amount: 1000, outcome: 'captured', refunded: 0, refunds: [] }],
    unfinished: [],
  }
  return { purchase, row, evidence }
}

const given = ({ purchase, ...change }: Partial<Evidence> & { purchase?: Partial<Purchase> } = {}) => {
  const shop = paidShop()
  const purchases = new Map([[order, { ...shop.purchase, ...purchase }]])
  return check({ purchases, unclear: new Map() }, { ...shop.evidence, ...change }).map(({ kind }) => kind)
}

const { row, evidence } = paidShop()
const [charge] = evidence.ledger
const [booked] = evidence.payments
if (!charge || !booked) throw new Error('the shop has an order')
const back = { productId: lamp, delta: 2, reason: 'cancelled', attempt: `${order}:1` }
const restocked = { products: [{ id: lamp, stock: 10, held: 0 }], movements: [...evidence.movements, back] }
const refund = { id: 'refund-1', amount: 1000 }
const moneyBack = {
  payments: [{ ...booked, status: 'refunded', refunded: 1000, reserved: 1000 }],
  ledger: [{ ...charge, refunded: 1000, refunds: [refund] }],
}
const asked = {
  id: 'e',
  type: 'refund_requested',
  orderId: order,
  published: true,
  data: { orderId: order, refundId: refund.id },
}
const byAdmin = { id: refund.id, paymentId: payment, amount: 1000, restock: false }

describe('the checker is content with an order that', () => {
  it('was paid', () => expect(given()).toEqual([]))

  it('was cancelled after it was paid, with money and goods back', () => {
    const orders = [{ ...row, status: 'refunded', refunded: 1000 }]
    const change = { orders, orderEvents: [asked], ...moneyBack, ...restocked }
    expect(given({ ...change, purchase: { cancellation: 'accepted' } })).toEqual([])
  })

  it('was given all of its money back by an admin, while the customer keeps the goods', () => {
    const orders = [{ ...row, status: 'refunded', refunded: 1000 }]
    expect(given({ orders, ...moneyBack, purchase: { refunds: [byAdmin] } })).toEqual([])
  })

  it('was given a part of its money back', () => {
    const part = { id: refund.id, amount: 300 }
    const change = {
      orders: [{ ...row, refunded: 300 }],
      payments: [{ ...booked, refunded: 300, reserved: 300 }],
      ledger: [{ ...charge, refunded: 300, refunds: [part] }],
    }
    expect(given({ ...change, purchase: { refunds: [{ ...byAdmin, amount: 300 }] } })).toEqual([])
  })

  it('was declined, and has no goods', () => {
    const change = {
      orders: [{ ...row, status: 'payment_failed', paymentId: null }],
      payments: [{ ...booked, status: 'failed' }],
      ledger: [{ ...charge, outcome: 'declined' }],
      ...restocked,
    }
    expect(given(change)).toEqual([])
  })
})

describe('the checker finds', () => {
  const cases: [string, string, Parameters<typeof given>[0]][] = [
    ['an accepted order that is lost', 'order lost', { orders: [] }],
    ['an order that nobody was told of', 'order untold', { orders: [row, { ...row, id: 'order-2' }] }],
    ['an order that is still pending', 'not final', { orders: [{ ...row, status: 'pending' }] }],
    ['money on its way back for ever', 'not final', { orders: [{ ...row, returning: true }] }],
    ['another price than the customer was told', 'other terms', { orders: [{ ...row, total: 999 }] }],
    ['an attempt that nobody asked for', 'attempts', { orders: [{ ...row, attempt: 2 }] }],
    ['an order that was cancelled by nobody', 'cancelled unasked', { orders: [{ ...row, status: 'cancelled' }] }],
    ['an order refunded by nobody', 'refunded unasked', { orders: [{ ...row, status: 'refunded', refunded: 1000 }] }],
    ['a cancellation that was forgotten', 'cancellation forgotten', { purchase: { cancellation: 'accepted' } }],
    ['a second charge', 'paid twice', { ledger: [charge, { ...charge, key: `${order}:2` }] }],
    ['a payment that never reached the provider', 'not charged', { ledger: [] }],
    ['a charge of another amount', 'wrong amount', { ledger: [{ ...charge, amount: 999 }] }],
    ['a charge for no order', 'charge astray', { ledger: [charge, { ...charge, key: 'order-9:1' }] }],
    ['a charge that the books do not know', 'not in the books', { payments: [] }],
    ['an attempt with two payments', 'booked twice', { payments: [booked, { ...booked, id: 'payment-2' }] }],
    ['books that differ from the ledger', 'books differ', { payments: [{ ...booked, amount: 999 }] }],
    ['a refund that stays requested', 'refund not done', { refunds: [{ ...byAdmin, status: 'requested' }] }],
    ['money kept of an order that failed', 'money kept', { orders: [{ ...row, status: 'payment_failed' }] }],
    ['a refund that was granted and not made', 'refund lost', { purchase: { refunds: [byAdmin] } }],
    ['a refund that nobody asked for', 'refund unasked', moneyBack],
    ['a paid order that names no payment', 'paid by nothing', { orders: [{ ...row, paymentId: 'payment-9' }] }],
    ['stock sold twice', 'stock taken wrongly', { movements: [...evidence.movements, { ...back, delta: -2 }] }],
    ['stock not taken', 'stock taken wrongly', restocked],
    ['stock that its movements do not explain', 'stock differs', { products: [{ id: lamp, stock: 9, held: 0 }] }],
    ['negative stock', 'stock negative', { products: [{ id: lamp, stock: -1, held: 0 }] }],
    ['a hold that is left', 'hold left', { products: [{ id: lamp, stock: 8, held: 2 }] }],
    ['what is still on its way', 'unfinished', { unfinished: ['3 events wait'] }],
  ]
  it.each(cases)('%s', (_, kind, change) => expect(given(change)).toContain(kind))

  it('a request without a clear answer', () => {
    const { purchase } = paidShop()
    const journal = { purchases: new Map([[order, purchase]]), unclear: new Map([['POST /v1/orders', '503']]) }
    expect(check(journal, evidence).map(({ kind }) => kind)).toEqual(['no clear answer'])
  })
})

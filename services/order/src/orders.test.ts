import type { Event } from '@portico/contracts'
import { newId } from '@portico/service-kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide, type Happening, type PlacedOrder, TooEarly, toOrder } from './orders.ts'

const eur = (amount: number) => ({ amount, currency: 'EUR' })
const paymentId = newId()

function orderIn(status: PlacedOrder['status'], given: Partial<PlacedOrder> = {}): PlacedOrder {
  const paid = status === 'paid' || status === 'refunded'
  return {
    id: newId(),
    customerId: newId(),
    status,
    attempt: 2,
    lines: [{ productId: newId(), name: 'Lamp', quantity: 3, unitPrice: eur(500) }],
    total: eur(1500),
    refundedAmount: 0,
    paymentId: paid ? paymentId : null,
    returning: false,
    createdAt: new Date(0),
    changedAt: new Date(0),
    ...given,
  }
}

const captured = (given: Partial<Extract<Happening, { type: 'captured' }>> = {}): Happening => ({
  type: 'captured',
  attempt: 2,
  paymentId,
  amount: eur(1500),
  ...given,
})
const refunded = (given: Partial<Extract<Happening, { type: 'refunded' }>> = {}) =>
  ({ type: 'refunded', attempt: 2, paymentId, refundedAmount: 1500, whole: true, restock: false, ...given }) as const

/** What becomes of an order: its next status, and its events as type or type:reason. */
function outcome(order: PlacedOrder, happening: Happening): string {
  const decision = decide(order, happening)
  if (!decision) return 'nothing'
  return [decision.change.status ?? order.status, ...decision.events.map(told)].join(', ')
}
const told = ({ type, data }: Event) => (type === 'order_closed' ? `${type}:${data.reason}` : type)

const statuses = ['pending', 'paid', 'payment_failed', 'cancelled', 'refunded'] as const
const table: Record<string, { happening: Happening; becomes: Record<PlacedOrder['status'], string> }> = {
  'a cancellation': {
    happening: { type: 'cancel' },
    becomes: {
      pending: 'cancelled, order_closed:cancelled',
      paid: 'paid, order_closed:cancelled, refund_requested',
      payment_failed: 'cancelled',
      cancelled: 'nothing',
      refunded: 'nothing',
    },
  },
  'an hour without payment': {
    happening: { type: 'expire', failedUntil: new Date(1) },
    becomes: {
      pending: 'nothing',
      paid: 'nothing',
      payment_failed: 'cancelled',
      cancelled: 'nothing',
      refunded: 'nothing',
    },
  },
  'paying again': {
    happening: { type: 'pay_again', token: 'tok_ok' },
    becomes: {
      pending: 'nothing',
      paid: 'nothing',
      payment_failed: 'pending, order_placed',
      cancelled: 'nothing',
      refunded: 'nothing',
    },
  },
  'a capture': {
    happening: captured({ paymentId: newId() }),
    becomes: {
      pending: 'paid',
      paid: 'paid, refund_requested',
      payment_failed: 'payment_failed, refund_requested',
      cancelled: 'cancelled, refund_requested',
      refunded: 'refunded, refund_requested',
    },
  },
  'a capture of another amount': {
    happening: captured({ paymentId: newId(), amount: eur(1499) }),
    becomes: {
      pending: 'payment_failed, order_closed:payment_failed, refund_requested',
      paid: 'paid, refund_requested',
      payment_failed: 'payment_failed, refund_requested',
      cancelled: 'cancelled, refund_requested',
      refunded: 'refunded, refund_requested',
    },
  },
  'a declined payment': {
    happening: { type: 'declined', attempt: 2 },
    becomes: {
      pending: 'payment_failed, order_closed:payment_failed',
      paid: 'nothing',
      payment_failed: 'nothing',
      cancelled: 'nothing',
      refunded: 'nothing',
    },
  },
  'lost stock': {
    happening: { type: 'stock_lost', attempt: 2 },
    becomes: {
      pending: 'cancelled, order_closed:stock_lost',
      paid: 'paid, order_closed:stock_lost, refund_requested',
      payment_failed: 'nothing',
      cancelled: 'nothing',
      refunded: 'nothing',
    },
  },
}

describe.each(Object.entries(table))('%s', (_, { happening, becomes }) => {
  it.each(statuses)('happens to an order that is %s', (status) => {
    expect(outcome(orderIn(status), happening)).toBe(becomes[status])
  })
})

it('does not expire an order that was paid again and failed again meanwhile', () => {
  const order = orderIn('payment_failed', { changedAt: new Date(5000) })
  expect(outcome(order, { type: 'expire', failedUntil: new Date(4000) })).toBe('nothing')
})

describe('an attempt that is over', () => {
  it.each([
    ['a declined payment', { type: 'declined', attempt: 1 }],
    ['lost stock', { type: 'stock_lost', attempt: 1 }],
    ['a refund', refunded({ attempt: 1 })],
  ] as const)('changes nothing of the current one by %s', (_, happening) => {
    expect(outcome(orderIn('pending'), happening)).toBe('nothing')
  })

  it('has its capture refunded and leaves the order waiting', () => {
    const decision = decide(orderIn('pending'), captured({ attempt: 1 }))
    expect(decision).toMatchObject({
      change: {},
      events: [{ type: 'refund_requested', data: { attempt: 1, paymentId, amount: null } }],
    })
  })
})

describe('a capture', () => {
  it('that is told twice does nothing the second time', () => {
    expect(outcome(orderIn('paid'), captured())).toBe('nothing')
  })

  it('that is refused twice asks for one and the same refund', () => {
    const order = orderIn('cancelled')
    const ids = [1, 2].map(() =>
      decide(order, captured())?.events.map(({ data }) => 'refundId' in data && data.refundId),
    )
    expect(ids[0]).toEqual([expect.any(String)])
    expect(ids[1]).toEqual(ids[0])
  })
})

describe('an order whose money is on its way back', () => {
  const returning = orderIn('paid', { returning: true })

  it('is not given back twice', () => {
    expect(outcome(returning, { type: 'cancel' })).toBe('paid')
    expect(outcome(returning, { type: 'stock_lost', attempt: 2 })).toBe('nothing')
  })

  it('is refunded once the money has gone', () => {
    expect(decide(returning, refunded())?.change).toEqual({
      status: 'refunded',
      returning: false,
      refundedAmount: 1500,
    })
  })
})

describe('a refund', () => {
  it('of a payment whose capture has not been heard of must come again', () => {
    expect(() => decide(orderIn('pending'), refunded())).toThrow(TooEarly)
  })

  it('of another payment changes nothing', () => {
    expect(outcome(orderIn('paid'), refunded({ paymentId: newId() }))).toBe('nothing')
  })

  it('of all with restock closes the attempt, one of a part does not', () => {
    expect(outcome(orderIn('paid'), refunded({ restock: true }))).toBe('refunded, order_closed:refunded')
    expect(outcome(orderIn('paid'), refunded({ whole: false, refundedAmount: 10, restock: true }))).toBe('paid')
  })

  it('adds up to the same sum and status in whatever order the parts are heard', () => {
    const parts = [300, 700, 1500].map((sum) => refunded({ refundedAmount: sum, whole: sum === 1500 }))
    fc.assert(
      fc.property(fc.shuffledSubarray(parts, { minLength: 3 }), (heard) => {
        let end = orderIn('paid')
        for (const part of heard) end = { ...end, ...decide(end, part)?.change }
        expect([end.status, end.refundedAmount]).toEqual(['refunded', 1500])
      }),
    )
  })
})

it('shows the customer lines, total and refunds, nothing of attempts and payments', () => {
  const order = orderIn('paid', { refundedAmount: 200 })
  expect(toOrder(order)).toEqual({
    id: order.id,
    status: 'paid',
    items: order.lines,
    total: eur(1500),
    refunded: eur(200),
    createdAt: '1970-01-01T00:00:00.000Z',
  })
})

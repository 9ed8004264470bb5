import {
  type Event,
  type EventOf,
  type HeldLine,
  isSameMoney,
  type Money,
  type Order,
  type OrderStatus,
} from '@portico/contracts'
import { derivedId, newEvent } from '@portico/service-kit'

/** An order as order-service keeps it. */
export interface PlacedOrder {
  readonly id: string
  readonly customerId: string
  readonly status: OrderStatus
  /** Which try to buy its lines; paying again is the next. */
  readonly attempt: number
  readonly lines: readonly HeldLine[]
  readonly total: Money
  /** Minor units that went back to the customer. */
  readonly refundedAmount: number
  /** The payment that was accepted. */
  readonly paymentId: string | null
  /** Paid, but all of it is on its way back. */
  readonly returning: boolean
  readonly createdAt: Date
  /** When it got its status. */
  readonly changedAt: Date
}

export type Happening =
  | { readonly type: 'cancel' }
  | { readonly type: 'expire'; readonly failedUntil: Date }
  | { readonly type: 'pay_again'; readonly token: string }
  | { readonly type: 'captured'; readonly attempt: number; readonly paymentId: string; readonly amount: Money }
  | { readonly type: 'declined'; readonly attempt: number }
  | { readonly type: 'stock_lost'; readonly attempt: number }
  | {
      readonly type: 'refunded'
      readonly attempt: number
      readonly paymentId: string
      readonly refundedAmount: number
      readonly whole: boolean
      readonly restock: boolean
    }

type Change = Partial<Pick<PlacedOrder, 'status' | 'attempt' | 'refundedAmount' | 'paymentId' | 'returning'>>

export interface Decision {
  readonly change: Change
  readonly events: readonly Event[]
}

/** What is decided about an order; undefined: the state does not allow it, or it changes nothing. */
type Decide<H extends Happening> = (order: PlacedOrder, happening: H) => Decision | undefined

/** An order is refunded before its capture has been heard of: the event must come again later. */
export class TooEarly extends Error {
  override readonly name = 'TooEarly'
}

/**
 * Every transition of an order in one table: happening → status → decision. What is not here does nothing, but for a
 * capture, which is refunded wherever it is not accepted.
 */
const transitions: {
  readonly [T in Happening['type']]: { readonly [S in OrderStatus]?: Decide<Extract<Happening, { type: T }>> }
} = {
  cancel: {
    pending: (order) => ({ change: { status: 'cancelled' }, events: [closed(order, 'cancelled')] }),
    payment_failed: () => ({ change: { status: 'cancelled' }, events: [] }),
    paid: (order) => (order.returning ? { change: {}, events: [] } : giveAllBack(order, 'cancelled')),
  },
  expire: {
    // It may have been paid again, and failed again, since it was found.
    payment_failed: ({ changedAt }, { failedUntil }) =>
      changedAt < failedUntil ? { change: { status: 'cancelled' }, events: [] } : undefined,
  },
  pay_again: {
    payment_failed: (order, { token }) => {
      const next = { ...order, attempt: order.attempt + 1 }
      return { change: { status: 'pending', attempt: next.attempt }, events: [placed(next, token)] }
    },
  },
  captured: {
    pending: ifCurrent((order, captured) =>
      isWrongAmount(order, captured) ? refuseAmount(order, captured) : payWith(captured.paymentId),
    ),
  },
  declined: {
    pending: ifCurrent((order) => ({
      change: { status: 'payment_failed' },
      events: [closed(order, 'payment_failed')],
    })),
  },
  stock_lost: {
    pending: ifCurrent((order) => ({ change: { status: 'cancelled' }, events: [closed(order, 'stock_lost')] })),
    paid: ifCurrent((order) => (order.returning ? undefined : giveAllBack(order, 'stock_lost'))),
  },
  refunded: {
    pending: ifCurrent(() => {
      throw new TooEarly('the capture of this payment has not been heard of yet')
    }),
    paid: countRefund,
    refunded: countRefund,
  },
}

/** What a happening does to an order. @throws TooEarly */
export function decide(order: PlacedOrder, happening: Happening): Decision | undefined {
  const decision = (transitions[happening.type][order.status] as Decide<Happening> | undefined)?.(order, happening)
  if (decision || happening.type !== 'captured' || order.paymentId === happening.paymentId) return decision
  return {
    change: {},
    events: [
      refundRequested(order, happening.paymentId, happening.attempt, 'the order no longer waits for this payment'),
    ],
  }
}

function ifCurrent<H extends Happening & { readonly attempt: number }>(decision: Decide<H>): Decide<H> {
  return (order, happening) => (order.attempt === happening.attempt ? decision(order, happening) : undefined)
}

const payWith = (paymentId: string): Decision => ({ change: { status: 'paid', paymentId }, events: [] })

/** Whether a capture is of another amount or currency than the order's total. */
export const isWrongAmount = ({ total }: PlacedOrder, { amount }: { readonly amount: Money }): boolean =>
  !isSameMoney(amount, total)

/** The attempt fails like a declined one, and its money goes back, so that the customer can pay again. */
const refuseAmount = (
  order: PlacedOrder,
  { paymentId, attempt }: { paymentId: string; attempt: number },
): Decision => ({
  change: { status: 'payment_failed' },
  events: [
    closed(order, 'payment_failed'),
    refundRequested(order, paymentId, attempt, 'the captured amount is not the total of the order'),
  ],
})

/** All money and stock of a paid order go back; it is `refunded` once the money has gone, at once if there is none. */
function giveAllBack(order: PlacedOrder, reason: 'cancelled' | 'stock_lost'): Decision | undefined {
  if (order.paymentId === null) return undefined
  if (order.refundedAmount === order.total.amount) {
    return { change: { status: 'refunded' }, events: [closed(order, reason)] }
  }
  return {
    change: { returning: true },
    events: [closed(order, reason), refundRequested(order, order.paymentId, order.attempt, reason)],
  }
}

/** The sum of refunds only grows, so that it comes out right in whatever order they are heard. */
function countRefund(order: PlacedOrder, refund: Extract<Happening, { type: 'refunded' }>): Decision | undefined {
  if (order.paymentId !== refund.paymentId) return undefined
  const refundedAmount = Math.max(order.refundedAmount, refund.refundedAmount)
  return {
    change: { refundedAmount, ...(refund.whole && { status: 'refunded' as const, returning: false }) },
    events: refund.whole && refund.restock ? [closed(order, 'refunded')] : [],
  }
}

/** The event that starts an attempt. */
export function placed(order: PlacedOrder, token: string, requestId?: string): EventOf<'order_placed'> {
  const items = order.lines.map(({ productId, quantity, unitPrice }) => ({ productId, quantity, unitPrice }))
  const { id: orderId, attempt, customerId, total } = order
  return newEvent(
    'order',
    'order_placed',
    { orderId, attempt, customerId, items, total, paymentMethod: { token } },
    { requestId },
  )
}

function closed({ id, attempt }: PlacedOrder, reason: EventOf<'order_closed'>['data']['reason']): Event {
  return newEvent('order', 'order_closed', { orderId: id, attempt, reason })
}

/** The refund's id comes from the payment and the reason, so that asking twice is asking once. */
function refundRequested(order: PlacedOrder, paymentId: string, attempt: number, reason: string): Event {
  const refundId = derivedId('refund', paymentId, reason)
  return newEvent('order', 'refund_requested', {
    orderId: order.id,
    attempt,
    paymentId,
    refundId,
    amount: null,
    reason,
  })
}

export const unitsOf = (lines: readonly Pick<HeldLine, 'quantity'>[]): number =>
  lines.reduce((sum, { quantity }) => sum + quantity, 0)

/** What the customer sees. */
export function toOrder(order: PlacedOrder): Order {
  return {
    id: order.id,
    status: order.status,
    items: order.lines.map(({ productId, name, quantity, unitPrice }) => ({ productId, name, quantity, unitPrice })),
    total: order.total,
    refunded: { amount: order.refundedAmount, currency: order.total.currency },
    createdAt: order.createdAt.toISOString(),
  }
}

import type { EventOf, Money, Payment, PaymentStatus, Refund } from '@portico/contracts'

/** A payment as payment-service keeps it: one for each attempt of an order. */
export interface StoredPayment {
  readonly id: string
  readonly orderId: string
  readonly attempt: number
  readonly customerId: string
  readonly status: PaymentStatus
  readonly amount: Money
  readonly token: string
  /** Minor units that went back, or are on their way. */
  readonly reserved: number
  /** Minor units that went back. */
  readonly refunded: number
  readonly createdAt: string
  /** The request that caused it, where known. */
  readonly requestId?: string | undefined
}

export interface StoredRefund {
  readonly id: string
  readonly paymentId: string
  readonly amount: Money
  readonly reason: string
  readonly restock: boolean
  readonly status: Refund['status']
  readonly createdAt: string
  /** The request that caused it, where known. */
  readonly requestId?: string | undefined
}

/**
 * Every transition of a payment. The scripts in `store/scripts/` guard them: each looks at the status it starts from in
 * the same step that changes it.
 */
export const transitions = {
  capture: { from: 'pending', to: 'captured' },
  fail: { from: 'pending', to: 'failed' },
  /** Only once nothing of it is left; before, it stays captured. */
  refund: { from: 'captured', to: 'refunded' },
} as const satisfies Record<string, { from: PaymentStatus; to: PaymentStatus }>

export type FailureReason = EventOf<'payment_failed'>['data']['reason']

/** Names an attempt at the provider; the same charge under it is made once. */
export const chargeKeyOf = ({ orderId, attempt }: Pick<StoredPayment, 'orderId' | 'attempt'>): string =>
  `${orderId}:${attempt}`

export function toPayment({ id, orderId, attempt, status, amount, refunded, createdAt }: StoredPayment): Payment {
  return { id, orderId, attempt, status, amount, refunded: { amount: refunded, currency: amount.currency }, createdAt }
}

export function toRefund({ id, paymentId, amount, reason, status, createdAt }: StoredRefund): Refund {
  return { id, paymentId, amount, reason, status, createdAt }
}

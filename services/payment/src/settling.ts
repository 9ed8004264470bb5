import type { EventOf } from '@portico/contracts'
import { type Log, newEvent, newId } from '@portico/service-kit'
import { chargeKeyOf, type StoredPayment, type StoredRefund } from './payments.ts'
import { OutcomeUnknown, type PaymentProvider } from './provider.ts'
import {
  createPayment,
  findByAttempt,
  findPayment,
  findRefund,
  finishRefund,
  type Store,
  settlePayment,
  takeDue,
} from './store/payments.ts'

export interface Desk {
  readonly store: Store
  readonly provider: PaymentProvider
  readonly log: Log
  /** Called after events went into the outbox. */
  readonly published: () => void
}

/** How long a payment or refund is left alone before the sweep asks the provider again: longer than one call takes. */
export const SETTLE_AFTER_MS = 6000
const SWEEP_LIMIT = 50

/**
 * Stores the payment of an attempt as pending, once, and charges it. An outcome that stays unknown is settled by the
 * sweep: the event that asked for the payment is done as soon as the payment is stored.
 */
export async function pay(desk: Desk, event: EventOf<'order_placed'>): Promise<void> {
  const { orderId, attempt, customerId, total, paymentMethod } = event.data
  const payment: StoredPayment = {
    id: newId(),
    orderId,
    attempt,
    customerId,
    status: 'pending',
    amount: total,
    token: paymentMethod.token,
    reserved: 0,
    refunded: 0,
    createdAt: new Date().toISOString(),
  }
  const created = await createPayment(desk.store, payment, Date.now() + SETTLE_AFTER_MS)
  const stored = created ? payment : await findByAttempt(desk.store, payment)
  if (stored?.status === 'pending') await chargePayment(desk, stored)
}

/** Sends a charge, the same under the same key however often, and stores what came of it. */
export async function chargePayment({ store, provider, log, published }: Desk, payment: StoredPayment): Promise<void> {
  const { id: paymentId, orderId, attempt, customerId, amount } = payment
  try {
    const result = await provider.charge(chargeKeyOf(payment), amount, payment.token)
    const paid = { orderId, attempt, paymentId, customerId, amount }
    if (result.outcome === 'captured')
      await settlePayment(store, paymentId, 'capture', newEvent('payment', 'payment_captured', paid))
    else
      await settlePayment(
        store,
        paymentId,
        'fail',
        newEvent('payment', 'payment_failed', { ...paid, reason: result.reason }),
      )
    published()
  } catch (error) {
    if (!(error instanceof OutcomeUnknown)) throw error
    log.warn({ err: error, paymentId, orderId }, 'the outcome of a charge is unknown; the same charge is sent again')
  }
}

/** Sends a reserved refund, and stores that it is done. @returns whether it is */
export async function sendRefund(
  { store, provider, log, published }: Desk,
  payment: StoredPayment,
  refund: StoredRefund,
): Promise<boolean> {
  const { orderId, attempt } = payment
  const { id: refundId, paymentId, amount, reason, restock } = refund
  try {
    await provider.refund(chargeKeyOf(payment), refundId, amount)
  } catch (error) {
    if (!(error instanceof OutcomeUnknown)) throw error
    log.warn({ err: error, refundId, paymentId }, 'the outcome of a refund is unknown; the same refund is sent again')
    return false
  }
  // The script that counts the refund puts the sums in.
  const sums = { refunded: amount, whole: false }
  const event = newEvent('payment', 'payment_refunded', {
    orderId,
    attempt,
    paymentId,
    refundId,
    amount,
    ...sums,
    restock,
    reason,
  })
  await finishRefund(store, refund, event)
  published()
  return true
}

/** Asks the provider again about everything that a crash or an unknown outcome left. @returns how much that was */
export async function settleDue(desk: Desk, now = Date.now()): Promise<number> {
  const due = await takeDue(desk.store, now, SETTLE_AFTER_MS, SWEEP_LIMIT)
  await Promise.all(
    due.map(async ({ kind, id }) => {
      const refund = kind === 'refund' ? await findRefund(desk.store, id) : undefined
      const payment = await findPayment(desk.store, refund?.paymentId ?? id)
      if (!payment) return
      if (refund) await sendRefund(desk, payment, refund)
      else await chargePayment(desk, payment)
    }),
  )
  return due.length
}

import type { EventOf } from '@portico/contracts'
import { createTrail, type Handled, type Log, newEvent, newId } from '@portico/service-kit'
import type { ChargeQueue } from './charge-queue.ts'
import { chargeKeyOf, type StoredPayment, type StoredRefund } from './payments.ts'
import { OutcomeUnknown, type PaymentProvider } from './provider.ts'
import type { Store } from './store/connection.ts'
import { createPayment, findPayment, findPaymentOf, settlePayment } from './store/payments.ts'
import { findRefund, finishRefund, unsettledRefunds } from './store/refunds.ts'
import { takeDue, type Unsettled } from './store/unsettled.ts'

/** Where the provider says that something happened; what, it is asked itself. */
export interface Hint {
  /** `orderId:attempt` */
  readonly key: string
  readonly refundId?: string | undefined
}

export interface Desk {
  readonly store: Store
  readonly provider: PaymentProvider
  readonly log: Log
  /** Of the charges that events and the sweep ask for. */
  readonly charges: ChargeQueue
  /** Called after events went into the outbox. */
  readonly published: () => void
}

/** How long a payment or refund is left alone before the sweep asks the provider again: longer than one call takes. */
export const SETTLE_AFTER_MS = 6000
/** However long the provider was away, everything is settled within so long of its return. */
const LEASE = { firstMs: SETTLE_AFTER_MS, maxMs: 20_000 }
const SWEEP_LIMIT = 100

/**
 * Stores the payment of an attempt as pending, once, and charges it. An outcome that stays unknown, or an attempt that
 * is stored already, is the sweep's: the event is done as soon as the payment is stored. So a charge that hangs, or waits
 * for its customer's earlier ones, goes on without it.
 */
export async function pay(desk: Desk, event: EventOf<'order_placed'>): Promise<Handled> {
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
    requestId: event.requestid,
  }
  if (!(await createPayment(desk.store, payment, Date.now() + SETTLE_AFTER_MS))) return { outcome: 'duplicate' }
  await chargeInTurn(desk, payment)
  return { outcome: 'applied', effect: 'payment begun' }
}

/** Charges a payment when its customer has a place, see `ChargeQueue`. */
async function chargeInTurn(desk: Desk, payment: StoredPayment): Promise<void> {
  await desk.charges.add(payment, async (waited) => {
    const settled = waited && (await findPayment(desk.store, payment.id))?.status !== 'pending'
    if (!settled) await chargePayment(desk, payment)
  })
}

/** Sends a charge, the same under the same key however often, and stores what came of it. */
export async function chargePayment(desk: Desk, payment: StoredPayment): Promise<void> {
  const { id: paymentId, orderId, attempt, customerId, amount, requestId } = payment
  const trail = createTrail(desk.log)
  const step = { orderId, attempt, paymentId, requestId }
  trail('charge sent', step)
  const result = await answerTo(desk, step, () =>
    desk.provider.charge(chargeKeyOf(payment), amount, payment.token, requestId),
  )
  if (!result) return
  const paid = { orderId, attempt, paymentId, customerId, amount }
  if (result.outcome === 'captured') {
    const event = newEvent('payment', 'payment_captured', paid, payment)
    const first = await settlePayment(desk.store, paymentId, 'capture', event)
    trail('payment captured', { ...step, outcome: outcomeOf(first) })
  } else {
    const event = newEvent('payment', 'payment_failed', { ...paid, reason: result.reason }, payment)
    const first = await settlePayment(desk.store, paymentId, 'fail', event)
    trail('payment failed', { ...step, outcome: outcomeOf(first), code: result.reason })
  }
  desk.published()
}

const outcomeOf = (first: boolean): Handled['outcome'] => (first ? 'applied' : 'duplicate')

/** Sends a reserved refund, and stores that it is done. @returns whether it is */
export async function sendRefund(desk: Desk, payment: StoredPayment, refund: StoredRefund): Promise<boolean> {
  const { orderId, attempt } = payment
  const { id: refundId, paymentId, amount, reason, restock } = refund
  const trail = createTrail(desk.log)
  const step = { orderId, attempt, paymentId, refundId, requestId: refund.requestId }
  trail('refund sent', step)
  const result = await answerTo(desk, step, async () => {
    await desk.provider.refund(chargeKeyOf(payment), refundId, amount, refund.requestId)
    return 'refunded'
  })
  if (!result) return false
  const about = { orderId, attempt, paymentId, refundId, amount, restock, reason }
  // The script that counts the refund puts the sums in.
  const data = { ...about, refunded: amount, whole: false }
  const first = await finishRefund(desk.store, refund, newEvent('payment', 'payment_refunded', data, refund))
  trail('payment refunded', { ...step, outcome: outcomeOf(first) })
  desk.published()
  return true
}

/** What the provider said, or undefined when that is unknown; then the sweep makes the same call again. */
async function answerTo<T>({ log }: Desk, about: object, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call()
  } catch (error) {
    if (!(error instanceof OutcomeUnknown)) throw error
    log.warn({ err: error, ...about }, 'the provider gave no clear answer; the same is sent again')
    return undefined
  }
}

/** Asks the provider again about everything that a crash or an unknown outcome left. @returns how much that was */
export async function settleDue(desk: Desk, now = Date.now()): Promise<number> {
  const due = await takeDue(desk.store, now, LEASE, SWEEP_LIMIT)
  await Promise.all(due.map((unsettled) => settle(desk, unsettled)))
  return due.length
}

/**
 * Asks the provider now about what is open of a payment: its charge, or its refunds.
 * @returns whether there was anything to ask
 */
export async function settleNow(desk: Desk, payment: StoredPayment): Promise<boolean> {
  if (payment.status === 'pending') {
    await chargePayment(desk, payment)
    return true
  }
  const open = payment.reserved > payment.refunded ? await unsettledRefunds(desk.store) : []
  const own = open.filter((refund) => refund.paymentId === payment.id)
  await Promise.all(own.map((refund) => sendRefund(desk, payment, refund)))
  return own.length > 0
}

async function settle(desk: Desk, { kind, id }: Unsettled): Promise<void> {
  const refund = kind === 'refund' ? await findRefund(desk.store, id) : undefined
  const payment = await findPayment(desk.store, refund?.paymentId ?? id)
  if (!payment) return
  if (refund) await sendRefund(desk, payment, refund)
  else await chargeInTurn(desk, payment)
}

/**
 * Settles what a webhook points at, by sending the same charge or refund again under the same key. The webhook itself is
 * not believed: one that is forged, late, doubled, out of order or of nothing known changes nothing that the provider's
 * answer would not.
 */
export async function settleOnHint(desk: Desk, { key, refundId }: Hint): Promise<void> {
  const payment = await findPaymentOf(desk.store, key)
  if (payment?.status === 'pending') return chargePayment(desk, payment)
  const refund = refundId === undefined ? undefined : await findRefund(desk.store, refundId)
  if (payment && refund?.paymentId === payment.id && refund.status === 'requested')
    await sendRefund(desk, payment, refund)
}

import type { EventOf, Money, Refund } from '@portico/contracts'
import { AppError, auditEntryOf, derivedId, type Handled } from '@portico/service-kit'
import { type StoredPayment, type StoredRefund, toRefund } from './payments.ts'
import { type Desk, SETTLE_AFTER_MS, sendRefund } from './settling.ts'
import { type Claim, once } from './store/idempotency.ts'
import { findPayment } from './store/payments.ts'
import { findRefund, type RefundTerms, type Reservation, reserveRefund } from './store/refunds.ts'

/** The payment that money is to go back from has no outcome yet, or is not there: the event must come again later. */
export class TooEarly extends Error {
  override readonly name = 'TooEarly'
}

export interface RefundOrder {
  readonly amount?: Money | undefined
  readonly reason: string
  readonly restock?: boolean | undefined
}

export interface Asking {
  readonly userId: string
  readonly key: string
  readonly requestId: string
}

/**
 * What an admin asked for, once under their key. The refund is `requested` while the provider's answer is unknown.
 * @throws AppError
 */
export async function refundByAdmin(desk: Desk, by: Asking, paymentId: string, order: RefundOrder): Promise<Refund> {
  const request = { caller: by.userId, key: by.key, body: { paymentId, ...order } }
  return once(desk.store, request, async (claim) => {
    const payment = await findPayment(desk.store, paymentId)
    if (!payment) throw new AppError('not_found')
    const id = claim.refundId ?? (await reserveOrRefuse(desk, payment, order, by, claim))
    const refund = (await findRefund(desk.store, id)) as StoredRefund
    const done = refund.status === 'refunded' || (await sendRefund(desk, payment, refund))
    return toRefund({ ...refund, status: done ? 'refunded' : 'requested' })
  })
}

/** @returns the reserved refund's id */
async function reserveOrRefuse(
  desk: Desk,
  payment: StoredPayment,
  order: RefundOrder,
  by: Asking,
  request: Claim,
): Promise<string> {
  const { amount, reason, restock = false } = order
  const all = payment.amount
  if (amount && amount.currency !== all.currency) throw wrong('amount.currency', `must be ${all.currency}`)
  if (restock && amount && amount.amount !== all.amount) throw notWhole()
  const id = derivedId('refund', 'admin', by.userId, by.key)
  const paymentId = payment.id
  const act = { action: 'payment.refunded', subject: paymentId, before: null } as const
  const audit = auditEntryOf('payment', by, { ...act, after: { refundId: id, reason, restock } })
  const terms = { amount: amount?.amount, onlyWhole: restock, request: { ...request, audit } }
  const reservation = await reserve(desk, { id, paymentId, reason, restock, requestId: by.requestId }, terms)
  if (reservation === 'known') await refuseOtherTerms(desk, id, paymentId, { amount, reason, restock })
  else if (reservation !== 'reserved') throw refusalOf(reservation)
  return id
}

/**
 * For a refund that was made under a key whose record has expired since.
 * @throws AppError idempotency_key_reused where it has other terms
 */
async function refuseOtherTerms(desk: Desk, id: string, paymentId: string, order: RefundOrder): Promise<void> {
  const known = await findRefund(desk.store, id)
  const same =
    known?.paymentId === paymentId &&
    known.reason === order.reason &&
    known.restock === order.restock &&
    (order.amount === undefined || known.amount.amount === order.amount.amount)
  if (!same) throw new AppError('idempotency_key_reused')
}

/**
 * What order-service asked for: all that is left, or an amount, once under the refund's id. A payment that failed or
 * went back already needs nothing. @throws TooEarly
 */
export async function refundByOrder(desk: Desk, event: EventOf<'refund_requested'>): Promise<Handled> {
  const { paymentId, refundId: id, amount, reason } = event.data
  const payment = await findPayment(desk.store, paymentId)
  if (!payment) throw new TooEarly(`there is no payment ${paymentId}`)
  const about = { id, paymentId, reason, restock: false, requestId: event.requestid }
  const reservation = await reserve(desk, about, { amount: amount?.amount, onlyWhole: false })
  if (reservation === 'pending') throw new TooEarly(`payment ${paymentId} is pending`)
  if (reservation !== 'reserved') {
    const { orderId } = payment
    desk.log.info({ orderId, paymentId, refundId: id, requestId: event.requestid, reservation }, 'nothing to refund')
    return { outcome: reservation === 'known' ? 'duplicate' : 'ignored' }
  }
  const refund = (await findRefund(desk.store, id)) as StoredRefund
  await sendRefund(desk, payment, refund)
  return { outcome: 'applied', effect: 'refund begun' }
}

function reserve(
  { store }: Desk,
  about: Omit<StoredRefund, 'amount' | 'status' | 'createdAt'>,
  terms: Omit<RefundTerms, 'dueAt'>,
): Promise<Reservation> {
  const refund = { ...about, status: 'requested' as const, createdAt: new Date().toISOString() }
  return reserveRefund(store, refund, { ...terms, dueAt: Date.now() + SETTLE_AFTER_MS })
}

function refusalOf(reservation: Exclude<Reservation, 'reserved' | 'known'>): AppError {
  switch (reservation) {
    case 'not_whole':
      return notWhole()
    case 'too_large':
    case 'refunded':
      return new AppError('refund_too_large')
    case 'pending':
    case 'failed':
      return new AppError('wrong_state', `The payment is ${reservation}.`)
  }
}

const notWhole = () => wrong('restock', 'goes only with a whole refund')
const wrong = (field: string, message: string) =>
  new AppError('invalid_request', undefined, { fields: [{ field, message }] })

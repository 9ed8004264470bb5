import type { EventOf, Money, Refund } from '@portico/contracts'
import { AppError, derivedId } from '@portico/service-kit'
import { type StoredPayment, type StoredRefund, toRefund } from './payments.ts'
import { type Desk, SETTLE_AFTER_MS, sendRefund } from './settling.ts'
import { once } from './store/idempotency.ts'
import { findPayment, findRefund, type Reservation, reserveRefund } from './store/payments.ts'

/** The payment that money is to go back from has no outcome yet: the event must come again later. */
export class TooEarly extends Error {
  override readonly name = 'TooEarly'
}

export interface RefundOrder {
  readonly amount?: Money | undefined
  readonly reason: string
  readonly restock?: boolean | undefined
}

/** What an admin asked for, once under their key. @throws AppError */
export async function refundByAdmin(
  desk: Desk,
  caller: { userId: string; key: string },
  paymentId: string,
  order: RefundOrder,
): Promise<Refund> {
  const request = { caller: caller.userId, key: caller.key, body: { paymentId, ...order } }
  return once(desk.store, request, async (scope) => {
    const payment = await findPayment(desk.store, paymentId)
    if (!payment) throw new AppError('not_found')
    if (order.amount && order.amount.currency !== payment.amount.currency) {
      throw wrong('amount.currency', `must be ${payment.amount.currency}, the payment's`)
    }
    if (order.restock && order.amount && order.amount.amount < payment.amount.amount) throw notWhole()
    const id = derivedId('admin-refund', scope)
    const reservation = await reserve(desk, payment, id, order)
    if (reservation.outcome === 'wrong_state') throw refusalOf(payment)
    if (reservation.outcome === 'too_large') throw new AppError('refund_too_large')
    if (reservation.outcome === 'not_whole') throw notWhole()
    const refund = (await findRefund(desk.store, id)) as StoredRefund
    const done = refund.status === 'refunded' || (await sendRefund(desk, payment, refund))
    return toRefund({ ...refund, status: done ? 'refunded' : 'requested' })
  })
}

/** What order-service asked for: all that is left, or an amount, once under the refund's id. @throws TooEarly */
export async function refundByOrder(desk: Desk, event: EventOf<'refund_requested'>): Promise<void> {
  const { paymentId, refundId, amount, reason } = event.data
  const payment = await findPayment(desk.store, paymentId)
  if (payment?.status === 'pending') throw new TooEarly(`payment ${paymentId} is pending`)
  if (!payment) return
  await reserve(desk, payment, refundId, { amount: amount ?? undefined, reason })
  const refund = await findRefund(desk.store, refundId)
  if (refund?.status === 'requested') await sendRefund(desk, payment, refund)
}

function reserve(
  { store }: Desk,
  payment: StoredPayment,
  id: string,
  { amount, reason, restock = false }: RefundOrder,
): Promise<Reservation> {
  const refund = {
    id,
    paymentId: payment.id,
    reason,
    restock,
    status: 'requested' as const,
    createdAt: new Date().toISOString(),
  }
  return reserveRefund(store, refund, {
    amount: amount?.amount,
    dueAt: Date.now() + SETTLE_AFTER_MS,
    onlyWhole: restock,
  })
}

function refusalOf({ status }: StoredPayment): AppError {
  return status === 'refunded'
    ? new AppError('refund_too_large')
    : new AppError('wrong_state', `The payment is ${status}.`)
}

const notWhole = () => wrong('restock', 'goes only with a whole refund')
const wrong = (field: string, message: string) =>
  new AppError('invalid_request', undefined, { fields: [{ field, message }] })

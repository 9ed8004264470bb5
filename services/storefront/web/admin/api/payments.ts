import type { AdminPayment, Money, PaymentStatus, PaymentSummary, Refund } from '@portico/contracts'
import { sendAuthorised } from '../../shared/api/authorised.ts'
import { idempotent, type Page } from '../../shared/api/lists.ts'
import type { Span } from './orders.ts'

const path = '/v1/admin/payments'

export interface PaymentSearch {
  readonly status?: PaymentStatus | undefined
  readonly orderId?: string | undefined
  readonly cursor?: string | undefined
}

export const searchPayments = async (query: PaymentSearch, signal?: AbortSignal): Promise<Page<AdminPayment>> =>
  (await sendAuthorised<Page<AdminPayment>>(path, { query: { ...query }, signal })).body

export const summarisePayments = async (span: Span, signal?: AbortSignal): Promise<PaymentSummary> =>
  (await sendAuthorised<PaymentSummary>(`${path}/summary`, { query: { ...span }, signal })).body

/** Asks the payment provider again. */
export const settlePayment = async (id: string): Promise<AdminPayment> =>
  (await sendAuthorised<AdminPayment>(`${path}/${encodeURIComponent(id)}/settlement`, { method: 'POST' })).body

export interface RefundOrder {
  /** All that is left, where it is not given. */
  readonly amount?: Money
  readonly reason: string
  readonly restock?: boolean
}

/** Gives money back; the same key again answers with the same refund. */
export async function refundPayment(id: string, order: RefundOrder, key: string): Promise<Refund> {
  const ask = { method: 'POST', body: order, headers: idempotent(key) } as const
  return (await sendAuthorised<Refund>(`/v1/payments/${encodeURIComponent(id)}/refunds`, ask)).body
}

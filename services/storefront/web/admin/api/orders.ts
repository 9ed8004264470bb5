import type { AdminOrder, InspectedOrder, OrderStatus, OrderSummary } from '@portico/contracts'
import { sendAuthorised } from '../../shared/api/authorised.ts'
import type { Page } from '../../shared/api/lists.ts'

const path = '/v1/admin/orders'
const pathOf = (id: string) => `${path}/${encodeURIComponent(id)}`

export interface OrderSearch {
  /** The beginning of an order id, or a customer id. */
  readonly q?: string | undefined
  readonly status?: OrderStatus | undefined
  readonly customerId?: string | undefined
  readonly cursor?: string | undefined
}

/** A time span, RFC 3339. */
export interface Span {
  readonly from: string
  readonly to: string
}

export const searchOrders = async (query: OrderSearch, signal?: AbortSignal): Promise<Page<AdminOrder>> =>
  (await sendAuthorised<Page<AdminOrder>>(path, { query: { ...query }, signal })).body

export const inspectOrder = async (id: string, signal?: AbortSignal): Promise<InspectedOrder> =>
  (await sendAuthorised<InspectedOrder>(pathOf(id), { signal })).body

export const cancelOrder = async (id: string): Promise<AdminOrder> =>
  (await sendAuthorised<AdminOrder>(`${pathOf(id)}/cancellation`, { method: 'POST' })).body

export const summariseOrders = async (span: Span, signal?: AbortSignal): Promise<OrderSummary> =>
  (await sendAuthorised<OrderSummary>(`${path}/summary`, { query: { ...span }, signal })).body

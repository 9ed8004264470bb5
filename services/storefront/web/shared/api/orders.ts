import type { MergedOrder, Order, OrderedLine, OrderStatus, Payment } from '@portico/contracts'
import { sendAuthorised } from './authorised.ts'
import { idempotent, type Page } from './lists.ts'

export interface OrdersPage extends Page<MergedOrder> {
  /** The parts that did not answer. */
  readonly incomplete: readonly string[]
}

const pathOf = (id: string) => `/v1/orders/${encodeURIComponent(id)}`

export async function listOrders(
  query: { readonly status?: OrderStatus | undefined; readonly cursor?: string | undefined; readonly limit?: number },
  signal?: AbortSignal,
): Promise<OrdersPage> {
  return (await sendAuthorised<OrdersPage>('/v1/orders', { query, signal })).body
}

export const readOrder = async (id: string, signal?: AbortSignal): Promise<Order> =>
  (await sendAuthorised<Order>(pathOf(id), { signal })).body

/** Places an order; the same key again answers with the same order. */
export async function placeOrder(items: readonly OrderedLine[], cardToken: string, key: string): Promise<Order> {
  const body = { items, paymentMethod: { token: cardToken } }
  return (await sendAuthorised<Order>('/v1/orders', { method: 'POST', body, headers: idempotent(key) })).body
}

export const cancelOrder = async (id: string): Promise<Order> =>
  (await sendAuthorised<Order>(`${pathOf(id)}/cancellation`, { method: 'POST' })).body

export async function payAgain(id: string, cardToken: string, key: string): Promise<Order> {
  const body = { paymentMethod: { token: cardToken } }
  return (await sendAuthorised<Order>(`${pathOf(id)}/payments`, { method: 'POST', body, headers: idempotent(key) }))
    .body
}

export const listPayments = async (orderId: string, signal?: AbortSignal): Promise<Page<Payment>> =>
  (await sendAuthorised<Page<Payment>>('/v1/payments', { query: { orderId }, signal })).body

import type { OrderStatus } from '@portico/contracts'

const shown: Readonly<Record<OrderStatus, { readonly name: string; readonly tone: string }>> = {
  pending: { name: 'Waiting for the payment', tone: 'waiting' },
  paid: { name: 'Paid', tone: 'good' },
  payment_failed: { name: 'Payment failed', tone: 'bad' },
  cancelled: { name: 'Cancelled', tone: 'over' },
  refunded: { name: 'Refunded', tone: 'over' },
}

export const statusName = (status: OrderStatus): string => shown[status].name

export function OrderStatusBadge({ status }: { readonly status: OrderStatus }) {
  return <span className={`badge badge--${shown[status].tone}`}>{shown[status].name}</span>
}

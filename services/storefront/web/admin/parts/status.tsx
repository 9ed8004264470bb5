import type { OrderStatus, PaymentStatus } from '@portico/contracts'

type Tone = 'told' | 'good' | 'bad' | 'waiting' | 'over'

const orders: Readonly<Record<OrderStatus, { readonly name: string; readonly tone: Tone }>> = {
  pending: { name: 'Pending', tone: 'waiting' },
  paid: { name: 'Paid', tone: 'good' },
  payment_failed: { name: 'Payment failed', tone: 'bad' },
  cancelled: { name: 'Cancelled', tone: 'over' },
  refunded: { name: 'Refunded', tone: 'over' },
}

const payments: Readonly<Record<PaymentStatus, { readonly name: string; readonly tone: Tone }>> = {
  pending: { name: 'Pending', tone: 'waiting' },
  captured: { name: 'Captured', tone: 'good' },
  failed: { name: 'Failed', tone: 'bad' },
  refunded: { name: 'Refunded', tone: 'over' },
}

export const orderStatusName = (status: OrderStatus): string => orders[status].name
export const paymentStatusName = (status: PaymentStatus): string => payments[status].name

export function Badge({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return <span className={`badge badge--${tone}`}>{children}</span>
}

export const OrderBadge = ({ status }: { readonly status: OrderStatus }) => (
  <Badge tone={orders[status].tone}>{orders[status].name}</Badge>
)

export const PaymentBadge = ({ status }: { readonly status: PaymentStatus }) => (
  <Badge tone={payments[status].tone}>{payments[status].name}</Badge>
)

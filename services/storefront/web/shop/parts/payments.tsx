import type { OrderStatus, PaymentStatus } from '@portico/contracts'
import { useQuery } from '@tanstack/react-query'
import { listPayments } from '../../shared/api/orders.ts'
import { Failure } from '../../shared/ui/failure.tsx'
import { formatMoney, formatTime } from '../../shared/ui/format.ts'

const names: Readonly<Record<PaymentStatus, string>> = {
  pending: 'under way',
  captured: 'paid',
  failed: 'failed',
  refunded: 'refunded',
}

/** The attempts to pay an order. They come from another service than the order: where it is down, only they lack. */
export function Payments({ orderId, status }: { readonly orderId: string; readonly status: OrderStatus }) {
  const { data, error, refetch } = useQuery({
    // With the order's status the payments have changed too.
    queryKey: ['mine', 'order', orderId, 'payments', status],
    queryFn: ({ signal }) => listPayments(orderId, signal),
    placeholderData: (before) => before,
    // The same status may come again, by another attempt.
    staleTime: 0,
  })
  if (error) return <Failure what="The payments could not be loaded." error={error} retry={() => void refetch()} />
  if (!data || data.items.length === 0) return null
  return (
    <section className="card stack" aria-labelledby="payments">
      <h2 id="payments">Payments</h2>
      <ol className="sum-lines">
        {data.items.map((payment) => (
          <li key={payment.id} className="row row--apart">
            <span>
              {formatMoney(payment.amount)}, {names[payment.status]}
            </span>
            <span className="small soft">{formatTime(payment.createdAt)}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}

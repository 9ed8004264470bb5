import type { Order } from '@portico/contracts'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { readOrder } from '../../shared/api/orders.ts'
import { ApiError } from '../../shared/api/problem.ts'
import { announce } from '../../shared/ui/announcer.tsx'
import { Failure } from '../../shared/ui/failure.tsx'
import { formatMoney, formatTime } from '../../shared/ui/format.ts'
import { useTitle } from '../../shared/ui/use-title.ts'
import { times } from '../cart/use-priced-cart.ts'
import type { LiveState } from '../live/order-stream.ts'
import { useOrderStream } from '../live/use-order-stream.ts'
import { ForSignedIn } from '../parts/for-signed-in.tsx'
import { Cancelling, Paying } from '../parts/order-actions.tsx'
import { OrderStatusBadge, statusName } from '../parts/order-status.tsx'
import { PagePending } from '../parts/page-pending.tsx'
import { Payments } from '../parts/payments.tsx'
import { NotFound } from './not-found.tsx'

const route = getRouteApi('/shop/orders/$orderId')
/** While it is not told live, a change that is due is asked for; live, now and then all the same. */
const POLL_MS = { apart: 2000, live: 15_000 } as const

export function OrderPage() {
  const { orderId } = route.useParams()
  return (
    <ForSignedIn title="Your order">
      <OrderView key={orderId} orderId={orderId} />
    </ForSignedIn>
  )
}

function OrderView({ orderId }: { readonly orderId: string }) {
  const live = useOrderStream()
  const [cancelling, setCancelling] = useState(false)
  const { data, error, refetch } = useQuery({
    queryKey: ['mine', 'order', orderId],
    queryFn: ({ signal }) => readOrder(orderId, signal),
    refetchInterval: ({ state }) =>
      state.data?.status === 'pending' || (cancelling && state.data?.status === 'paid') ? POLL_MS[live] : false,
  })
  if (error instanceof ApiError && [400, 404].includes(error.status)) return <NotFound />
  if (!data) {
    return error ? (
      <div className="page stack">
        <h1 tabIndex={-1}>Your order</h1>
        <Failure what="The order could not be loaded." error={error} retry={() => void refetch()} />
      </div>
    ) : (
      <PagePending />
    )
  }
  return (
    <OrderDetails order={data} live={live} cancelling={cancelling} onCancelling={() => setCancelling(true)}>
      {error && <Failure what="What is shown may be old." error={error} retry={() => void refetch()} />}
    </OrderDetails>
  )
}

interface OrderDetailsProps {
  readonly order: Order
  readonly live: LiveState
  readonly cancelling: boolean
  readonly onCancelling: () => void
  readonly children: ReactNode
}

function OrderDetails({ order, live, cancelling, onCancelling, children }: OrderDetailsProps) {
  const { id, status, items, total, refunded, createdAt } = order
  useTitle(`Order: ${statusName(status)}`)
  useEffect(() => announce(`Your order: ${statusName(status)}`), [status])
  return (
    <div className="page order">
      <div className="order__head">
        <p className="small">
          <Link to="/shop/orders">All your orders</Link>
        </p>
        <h1 tabIndex={-1}>{headline[status]}</h1>
        <p className="row">
          <OrderStatusBadge status={status} />
          <span className="small soft">
            Placed {formatTime(createdAt)} · {live === 'live' ? 'shown live' : 'checked every few seconds'}
          </span>
        </p>
      </div>
      {children}
      <section className="card stack" aria-label="What you ordered">
        <ul className="sum-lines">
          {items.map(({ productId, name, quantity, unitPrice }) => (
            <li key={productId} className="row row--apart">
              <Link to="/shop/products/$productId" params={{ productId }}>
                {quantity} × {name}
              </Link>
              <span>{formatMoney(times(unitPrice, quantity))}</span>
            </li>
          ))}
        </ul>
        <p className="row row--apart cart__total">
          <span>Total</span>
          <strong>{formatMoney(total)}</strong>
        </p>
        {refunded.amount > 0 && (
          <p className="row row--apart">
            <span>Refunded</span>
            <span>{formatMoney(refunded)}</span>
          </p>
        )}
      </section>
      <div className="stack">
        <Paying order={order} />
        <Payments orderId={id} status={status} />
        <Cancelling order={order} cancelling={cancelling} onCancelling={onCancelling} />
        <p className="small soft">Order {id}</p>
      </div>
    </div>
  )
}

const headline = {
  pending: 'Thank you. We are taking the payment.',
  paid: 'It is yours.',
  payment_failed: 'The payment did not go through',
  cancelled: 'This order is cancelled',
  refunded: 'Your money is on its way back',
} as const

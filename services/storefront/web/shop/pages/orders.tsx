import type { MergedOrder, OrderStatus } from '@portico/contracts'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useId } from 'react'
import { listOrders } from '../../shared/api/orders.ts'
import { Failure } from '../../shared/ui/failure.tsx'
import { formatMoney, formatTime } from '../../shared/ui/format.ts'
import { Notice } from '../../shared/ui/notice.tsx'
import { useTitle } from '../../shared/ui/use-title.ts'
import { useOrderStream } from '../live/use-order-stream.ts'
import { ForSignedIn } from '../parts/for-signed-in.tsx'
import { OrderStatusBadge, statusName } from '../parts/order-status.tsx'
import { readStatus } from '../search.ts'

const route = getRouteApi('/shop/orders')
const statuses: readonly OrderStatus[] = ['pending', 'paid', 'payment_failed', 'cancelled', 'refunded']
const POLL_MS = 3000

export function Orders() {
  useTitle('Your orders')
  return (
    <ForSignedIn title="Your orders">
      <div className="page stack">
        <div className="row row--apart">
          <h1 tabIndex={-1}>Your orders</h1>
          <StatusChoice />
        </div>
        <OrderList />
      </div>
    </ForSignedIn>
  )
}

function StatusChoice() {
  const id = useId()
  const { status } = route.useSearch()
  const navigate = route.useNavigate()
  return (
    <div className="sort-choice">
      <label htmlFor={id} className="small soft">
        Show
      </label>
      <select
        id={id}
        className="input"
        value={status ?? ''}
        onChange={(event) => void navigate({ search: readStatus({ status: event.target.value }), replace: true })}
      >
        <option value="">All orders</option>
        {statuses.map((each) => (
          <option key={each} value={each}>
            {statusName(each)}
          </option>
        ))}
      </select>
    </div>
  )
}

function OrderList() {
  const { status } = route.useSearch()
  const live = useOrderStream()
  const { data, error, isFetching, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ['mine', 'orders', status],
    queryFn: ({ pageParam, signal }) => listOrders({ status, cursor: pageParam, limit: 20 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    refetchInterval: ({ state }) => {
      const waits = state.data?.pages.some(({ items }) => items.some((order) => order.status === 'pending'))
      return waits && live !== 'live' ? POLL_MS : false
    },
  })
  const orders = data?.pages.flatMap(({ items }) => items)
  const incomplete = data?.pages.some((page) => page.incomplete.length > 0)
  return (
    <>
      {incomplete && (
        <Notice tone="waiting" title="Your name and address are missing here.">
          <p>The part of the shop that knows them does not answer. The orders themselves are complete.</p>
        </Notice>
      )}
      {!orders && !error && <span className="skeleton skeleton--block" />}
      {orders?.length === 0 && <NoOrders />}
      {orders && orders.length > 0 && (
        <ul className="order-list">
          {orders.map((order) => (
            <OrderRow key={order.id} order={order} />
          ))}
        </ul>
      )}
      {error && <Failure what="Your orders could not be loaded." error={error} retry={() => void refetch()} />}
      {hasNextPage && (
        <button
          type="button"
          className="button button--quiet"
          disabled={isFetching}
          onClick={() => void fetchNextPage()}
        >
          Show older ones
        </button>
      )}
    </>
  )
}

function OrderRow({ order }: { readonly order: MergedOrder }) {
  const { id, items, total, status, createdAt, user } = order
  const [first, ...others] = items
  return (
    <li className="order-row card">
      <div>
        <h2 className="order-row__title">
          <Link to="/shop/orders/$orderId" params={{ orderId: id }} className="order-row__link">
            {first?.name ?? 'Order'}
            {others.length > 0 && ` and ${others.length} more`}
          </Link>
        </h2>
        <p className="small soft">
          {formatTime(createdAt)}
          {user && ` · ${user.name}`}
        </p>
      </div>
      <OrderStatusBadge status={status} />
      <p className="order-row__total">{formatMoney(total)}</p>
    </li>
  )
}

function NoOrders() {
  return (
    <div className="empty">
      <div className="empty__arch" aria-hidden="true" />
      <h2>No orders here yet</h2>
      <Link to="/shop" className="button">
        Look around
      </Link>
    </div>
  )
}

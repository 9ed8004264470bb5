import type { AdminPayment, InspectedOrder } from '@portico/contracts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { announce } from '../../shared/ui/announcer.tsx'
import { ConfirmDialog } from '../../shared/ui/confirm-dialog.tsx'
import { Failure } from '../../shared/ui/failure.tsx'
import { formatMoney, formatTime } from '../../shared/ui/format.ts'
import { cancelOrder, inspectOrder } from '../api/orders.ts'
import { searchPayments } from '../api/payments.ts'
import { readUser } from '../api/users.ts'
import { Part, Waiting } from '../parts/part.tsx'
import { PaymentCard } from '../parts/payment-card.tsx'
import { OrderBadge } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { Timeline } from '../parts/timeline.tsx'
import { useTitle } from '../parts/use-title.ts'

const route = getRouteApi('/admin/orders/$orderId')
/** While something is under way; and otherwise, since a customer may act at any time. */
const POLL_MS = { open: 2000, still: 20_000 }

export function OrderPage() {
  const { orderId } = route.useParams()
  useTitle(`Order ${orderId}`)
  const query = useQuery({
    queryKey: ['mine', 'order', orderId],
    queryFn: ({ signal }) => inspectOrder(orderId, signal),
    refetchInterval: ({ state: { data } }) =>
      data && (data.status === 'pending' || data.returning) ? POLL_MS.open : POLL_MS.still,
  })
  const { data: order, error, refetch } = query
  return (
    <div className="stack">
      <p>
        <Link to="/admin/orders">All orders</Link>
      </p>
      <div className="row row--apart">
        <h1 tabIndex={-1}>
          Order <span className="id">{orderId.slice(0, 8)}</span>
        </h1>
        {order && <OrderBadge status={order.status} />}
      </div>
      {error && <Failure what="The order could not be loaded." error={error} retry={() => void refetch()} />}
      {!order && !error && <Waiting />}
      {order && (
        <>
          <Facts order={order} />
          <Cancel order={order} />
        </>
      )}
      <Payments orderId={orderId} status={order?.status} />
      {order && (
        <section className="part card stack" aria-labelledby="timeline">
          <h2 id="timeline">Timeline</h2>
          <Timeline entries={order.timeline} />
          <p className="small soft">
            What every process logged about this order: <code>npm run logs -- --order {order.id}</code>
          </p>
        </section>
      )}
    </div>
  )
}

function Facts({ order }: { readonly order: InspectedOrder }) {
  return (
    <section className="part card stack" aria-labelledby="facts">
      <h2 id="facts">What was ordered</h2>
      <Table
        caption="Lines of the order"
        rows={order.items}
        keyOf={({ productId }) => productId}
        empty="Nothing"
        columns={[
          {
            name: 'Product',
            long: true,
            cell: ({ productId, name }) => (
              <Link to="/admin/products/$productId" params={{ productId }}>
                {name}
              </Link>
            ),
          },
          { name: 'Quantity', number: true, cell: ({ quantity }) => quantity },
          { name: 'Each', number: true, cell: ({ unitPrice }) => formatMoney(unitPrice) },
        ]}
      />
      <dl className="facts">
        <dt>Total</dt>
        <dd>{formatMoney(order.total)}</dd>
        <dt>Refunded</dt>
        <dd>{formatMoney(order.refunded)}</dd>
        <dt>Placed</dt>
        <dd>{formatTime(order.createdAt)}</dd>
        <dt>Order</dt>
        <dd className="id">{order.id}</dd>
        <dt>Attempt to pay</dt>
        <dd>{order.attempt}</dd>
        <dt>Customer</dt>
        <dd>
          <Customer id={order.customerId} />
        </dd>
      </dl>
    </section>
  )
}

/** Who they are is another service's to tell: where it does not answer their id stands alone. */
function Customer({ id }: { readonly id: string }) {
  const { data } = useQuery({ queryKey: ['mine', 'user', id], queryFn: ({ signal }) => readUser(id, signal) })
  return (
    <>
      {data && (
        <>
          <Link to="/admin/users/$userId" params={{ userId: id }}>
            {data.name}
          </Link>
          , {data.email}
          <br />
        </>
      )}
      <Link to="/admin/orders" search={{ customerId: id }} className="id">
        {id}
      </Link>
    </>
  )
}

function Cancel({ order }: { readonly order: InspectedOrder }) {
  const client = useQueryClient()
  const cancel = useMutation({
    mutationFn: () => cancelOrder(order.id),
    onSuccess: () => announce('The order is being cancelled.'),
    onSettled: () => client.invalidateQueries({ queryKey: ['mine'] }),
  })
  if (order.status === 'cancelled' || order.status === 'refunded') return null
  if (order.returning) return <p>All money is on its way back.</p>
  return (
    <>
      {cancel.error && <Failure what="The order could not be cancelled." error={cancel.error} />}
      <div>
        <ConfirmDialog
          action="Cancel this order"
          title="Cancel this order?"
          confirm="Cancel the order"
          keep="Keep it"
          busy={cancel.isPending}
          onConfirm={() => cancel.mutate()}
        >
          <p>{order.status === 'paid' ? 'All money and goods go back.' : 'Nothing will be charged.'}</p>
        </ConfirmDialog>
      </div>
    </>
  )
}

const isOpen = ({ status, returning }: AdminPayment) => status === 'pending' || returning.amount > 0

function Payments({ orderId, status }: { readonly orderId: string; readonly status: string | undefined }) {
  const query = useQuery({
    // With the order's status the payments have changed too.
    queryKey: ['mine', 'payments', 'of', orderId, status],
    queryFn: ({ signal }) => searchPayments({ orderId }, signal),
    placeholderData: (before) => before,
    // The same status may come again, by another attempt; and what is under way ends without a change of it.
    staleTime: 0,
    refetchInterval: ({ state: { data } }) => (data?.items.some(isOpen) ? POLL_MS.open : false),
  })
  return (
    <Part title="Payments" failure="The payments could not be loaded." query={query}>
      {({ items }) =>
        items.length === 0 ? (
          <p className="soft">No payment was begun yet.</p>
        ) : (
          <ul className="stack">
            {items.map((payment) => (
              <li key={payment.id}>
                <PaymentCard payment={payment} />
              </li>
            ))}
          </ul>
        )
      }
    </Part>
  )
}

import { getRouteApi, Link } from '@tanstack/react-router'
import { formatMoney, formatTime } from '../../shared/ui/format.ts'
import { searchOrders } from '../api/orders.ts'
import { Choice } from '../parts/choice.tsx'
import { Paged, usePages } from '../parts/paged.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { ShortId } from '../parts/short-id.tsx'
import { OrderBadge, orderStatusName } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { useTitle } from '../parts/use-title.ts'
import { orderStatuses } from '../search.ts'

const route = getRouteApi('/admin/orders')

export function Orders() {
  useTitle('Orders')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const pages = usePages(['orders', search], (cursor, signal) => searchOrders({ ...search, cursor }, signal))
  return (
    <div className="stack">
      <h1 tabIndex={-1}>Orders</h1>
      <div className="filters">
        <SearchField
          label="Find an order"
          hint="The beginning of an order's id, or a customer's id"
          value={search.q ?? ''}
          onSearch={(q) => void navigate({ search: ({ q: _, ...rest }) => ({ ...rest, ...(q && { q }) }) })}
        />
        <Choice
          label="Status"
          value={search.status ?? ''}
          all="All"
          options={orderStatuses.map((value) => ({ value, name: orderStatusName(value) }))}
          onChange={(status) =>
            void navigate({ search: ({ status: _, ...rest }) => ({ ...rest, ...(status && { status }) }) })
          }
        />
      </div>
      {search.customerId && (
        <p className="row">
          <span>
            Of customer <code>{search.customerId}</code> only.
          </span>
          <Link to="/admin/orders">All customers</Link>
        </p>
      )}
      <Paged pages={pages} failure="The orders could not be loaded.">
        {(orders) => (
          <Table
            caption="Orders, the newest first"
            rows={orders}
            keyOf={({ id }) => id}
            empty="There is no such order."
            columns={[
              {
                name: 'Order',
                cell: ({ id }) => (
                  <Link to="/admin/orders/$orderId" params={{ orderId: id }} aria-label={id}>
                    <ShortId id={id} />
                  </Link>
                ),
              },
              { name: 'Status', cell: ({ status }) => <OrderBadge status={status} /> },
              { name: 'Total', number: true, cell: ({ total }) => formatMoney(total) },
              {
                name: 'Refunded',
                number: true,
                cell: ({ refunded }) => (refunded.amount > 0 ? formatMoney(refunded) : '–'),
              },
              { name: 'Placed', cell: ({ createdAt }) => formatTime(createdAt) },
              {
                name: 'Goods',
                long: true,
                cell: ({ items }) => items.map(({ quantity, name }) => `${quantity} × ${name}`).join(', '),
              },
            ]}
          />
        )}
      </Paged>
    </div>
  )
}

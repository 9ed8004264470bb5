import { getRouteApi, Link } from '@tanstack/react-router'
import { formatMoney, formatTime } from '../../shared/ui/format.ts'
import { searchPayments } from '../api/payments.ts'
import { Choice } from '../parts/choice.tsx'
import { Paged, usePages } from '../parts/paged.tsx'
import { Settle } from '../parts/payment-card.tsx'
import { ShortId } from '../parts/short-id.tsx'
import { PaymentBadge, paymentStatusName } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { useTitle } from '../parts/use-title.ts'
import { paymentStatuses } from '../search.ts'

const route = getRouteApi('/admin/payments')

export function Payments() {
  useTitle('Payments')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const pages = usePages(['payments', search], (cursor, signal) => searchPayments({ ...search, cursor }, signal))
  return (
    <div className="stack">
      <h1 tabIndex={-1}>Payments</h1>
      <div className="filters">
        <Choice
          label="Status"
          value={search.status ?? ''}
          all="All"
          options={paymentStatuses.map((value) => ({ value, name: paymentStatusName(value) }))}
          onChange={(status) => void navigate({ search: status ? { status } : {} })}
        />
      </div>
      <p className="small soft">Refunds are made on the page of the order.</p>
      <Paged pages={pages} failure="The payments could not be loaded.">
        {(payments) => (
          <Table
            caption="Payments, the newest first"
            rows={payments}
            keyOf={({ id }) => id}
            empty="There is no such payment."
            columns={[
              {
                name: 'Order',
                cell: ({ orderId, attempt }) => (
                  <>
                    <Link to="/admin/orders/$orderId" params={{ orderId }} aria-label={orderId}>
                      <ShortId id={orderId} />
                    </Link>
                    {attempt > 1 && ` (attempt ${attempt})`}
                  </>
                ),
              },
              { name: 'Status', cell: ({ status }) => <PaymentBadge status={status} /> },
              { name: 'Amount', number: true, cell: ({ amount }) => formatMoney(amount) },
              {
                name: 'Gone back',
                number: true,
                cell: ({ refunded }) => (refunded.amount > 0 ? formatMoney(refunded) : '–'),
              },
              { name: 'Begun', cell: ({ createdAt }) => formatTime(createdAt) },
              {
                name: 'Open',
                cell: (payment) =>
                  payment.status === 'pending' || payment.returning.amount > 0 ? <Settle payment={payment} /> : '–',
              },
            ]}
          />
        )}
      </Paged>
    </div>
  )
}

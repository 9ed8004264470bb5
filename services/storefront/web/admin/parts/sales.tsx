import type { OrderSummary, PaymentSummary } from '@portico/contracts'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { formatMoney, formatNumber } from '../../shared/ui/format.ts'
import { summariseOrders } from '../api/orders.ts'
import { summarisePayments } from '../api/payments.ts'
import { orderStatuses } from '../search.ts'
import { DayChart } from './day-chart.tsx'
import { Part } from './part.tsx'
import { orderStatusName } from './status.tsx'
import { lastDays } from './time-span.ts'

const POLL_MS = 30_000

/** Orders and what they earned come from order-service, payments from payment-service: two parts. */
export function Sales({ days: count }: { readonly days: number }) {
  const { days, from, to } = lastDays(count)
  const options = { refetchInterval: POLL_MS, placeholderData: <Data,>(before: Data | undefined) => before }
  const orders = useQuery({
    queryKey: ['mine', 'orders', 'summary', from, to],
    queryFn: ({ signal }) => summariseOrders({ from, to }, signal),
    ...options,
  })
  const payments = useQuery({
    queryKey: ['mine', 'payments', 'summary', from, to],
    queryFn: ({ signal }) => summarisePayments({ from, to }, signal),
    ...options,
  })
  return (
    <>
      <Part title="Orders" failure="The orders could not be counted." query={orders}>
        {(summary) => <Orders summary={summary} days={days} />}
      </Part>
      <Part title="Payments" failure="The payments could not be counted." query={payments}>
        {(summary) => <Payments summary={summary} />}
      </Part>
    </>
  )
}

function Orders({ summary, days }: { readonly summary: OrderSummary; readonly days: readonly string[] }) {
  const byDay = new Map(summary.days.map((each) => [each.day, each]))
  const currencies = [...new Set(summary.days.flatMap(({ revenue }) => revenue.map(({ currency }) => currency)))]
  const orders = days.map((day) => ({ day, value: byDay.get(day)?.orders ?? 0 }))
  return (
    <>
      <ul className="counts">
        {orderStatuses.map((status) => (
          <li key={status}>
            <Link to="/admin/orders" search={{ status }} className="count">
              <strong>{formatNumber(summary.statuses[status])}</strong>
              <span>{orderStatusName(status)}</span>
            </Link>
          </li>
        ))}
      </ul>
      <div className="charts">
        <DayChart title="Orders" total={formatNumber(sum(orders))} values={orders} format={formatNumber} />
        {(currencies.length > 0 ? currencies : ['EUR']).map((currency) => {
          const money = (amount: number) => formatMoney({ amount, currency })
          const earned = days.map((day) => ({
            day,
            value: byDay.get(day)?.revenue.find((each) => each.currency === currency)?.amount ?? 0,
          }))
          return (
            <DayChart
              key={currency}
              title={currencies.length > 1 ? `Revenue in ${currency}` : 'Revenue'}
              total={money(sum(earned))}
              values={earned}
              format={money}
            />
          )
        })}
      </div>
    </>
  )
}

function Payments({ summary: { days } }: { readonly summary: PaymentSummary }) {
  const failed = days.map(({ day, counts }) => ({ day, value: counts.failed }))
  const begun = days.map(({ day, counts }) => ({
    day,
    value: Object.values(counts).reduce((total, count) => total + count, 0),
  }))
  return (
    <div className="charts">
      <DayChart title="Payments begun" total={formatNumber(sum(begun))} values={begun} format={formatNumber} />
      <DayChart
        title="Payments failed"
        total={formatNumber(sum(failed))}
        values={failed}
        format={formatNumber}
        tone="bad"
      />
    </div>
  )
}

const sum = (values: readonly { readonly value: number }[]): number =>
  values.reduce((total, { value }) => total + value, 0)

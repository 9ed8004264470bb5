import type { OrderSummary, PaymentSummary } from '@portico/contracts'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ComponentProps } from 'react'
import { formatDay, formatMoney, formatNumber } from '../../shared/ui/format.ts'
import { summariseOrders } from '../api/orders.ts'
import { summarisePayments } from '../api/payments.ts'
import { orderStatuses } from '../search.ts'
import { type Bar, BarChart } from './bar-chart.tsx'
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
  const orders = days.map((day) => barOf(day, byDay.get(day)?.orders ?? 0))
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
        <DailyChart title="Orders" total={formatNumber(sum(orders))} bars={orders} format={formatNumber} />
        {(currencies.length > 0 ? currencies : ['EUR']).map((currency) => {
          const money = (amount: number) => formatMoney({ amount, currency })
          const earned = days.map((day) =>
            barOf(day, byDay.get(day)?.revenue.find((each) => each.currency === currency)?.amount ?? 0),
          )
          return (
            <DailyChart
              key={currency}
              title={currencies.length > 1 ? `Revenue in ${currency}` : 'Revenue'}
              total={money(sum(earned))}
              bars={earned}
              format={money}
            />
          )
        })}
      </div>
    </>
  )
}

function Payments({ summary: { days } }: { readonly summary: PaymentSummary }) {
  const failed = days.map(({ day, counts }) => barOf(day, counts.failed))
  const begun = days.map(({ day, counts }) => {
    const all = Object.values(counts).reduce((total, count) => total + count, 0)
    return barOf(day, all)
  })
  return (
    <div className="charts">
      <DailyChart title="Payments begun" total={formatNumber(sum(begun))} bars={begun} format={formatNumber} />
      <DailyChart
        title="Payments failed"
        total={formatNumber(sum(failed))}
        bars={failed}
        format={formatNumber}
        tone="bad"
      />
    </div>
  )
}

const barOf = (day: string, value: number): Bar => ({ key: day, label: formatDay(day), value })

const DailyChart = (props: Omit<ComponentProps<typeof BarChart>, 'axis'>) => <BarChart {...props} axis="Day (UTC)" />

const sum = (bars: readonly Bar[]): number => bars.reduce((total, { value }) => total + (value ?? 0), 0)

import type { TrafficHistory } from '@portico/contracts'
import { useQuery } from '@tanstack/react-query'
import { Failure } from '../../shared/ui/failure.tsx'
import { formatClock, formatNumber } from '../../shared/ui/format.ts'
import { readTrafficHistory } from '../api/operations.ts'
import { type Bar, BarChart } from './bar-chart.tsx'
import { Waiting } from './part.tsx'

const POLL_MS = 15_000
const SPAN_SECONDS = 1800

/** The last half hour of one service, or of the gateway; nothing of one that is not watched. */
export function TrafficHistoryCharts({ name }: { readonly name: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['mine', 'traffic', 'history'],
    queryFn: ({ signal }) => readTrafficHistory(signal),
    refetchInterval: POLL_MS,
  })
  const service = data?.services.find((each) => each.name === name)
  return (
    <>
      {error && (
        <Failure what="The last half hour could not be looked up." error={error} retry={() => void refetch()} />
      )}
      {!data && !error && <Waiting />}
      {data?.steps.length === 0 && <p className="soft">The last half hour is being watched from now on.</p>}
      {data && service && data.steps.length > 0 && <Charts history={data} service={service} />}
    </>
  )
}

interface ChartsProps {
  readonly history: TrafficHistory
  readonly service: TrafficHistory['services'][number]
}

function Charts({ history: { steps, stepSeconds }, service: { name, requests, errors, p95 } }: ChartsProps) {
  const barsOf = (values: readonly (number | null)[]) => [
    ...unknownBefore(steps, stepSeconds),
    ...steps.map((at, index) => ({ key: at, label: formatClock(at), value: values[index] ?? null })),
  ]
  const perMinute = requests.map((count) => (count === null ? null : Math.round((count * 60) / stepSeconds)))
  const milliseconds = (value: number) => `${formatNumber(value)} ms`
  const now = perMinute.at(-1) ?? null
  const failed = errors.reduce<number>((sum, count) => sum + (count ?? 0), 0)
  const slowest = Math.max(...p95.map((value) => value ?? 0))
  return (
    <>
      <h3>Last half hour, {name}</h3>
      <div className="charts charts--three">
        <BarChart
          title="Requests a minute"
          total={now === null ? '–' : formatNumber(now)}
          bars={barsOf(perMinute)}
          format={formatNumber}
          axis="Until"
        />
        <BarChart
          title="Errors"
          total={formatNumber(failed)}
          bars={barsOf(errors)}
          format={formatNumber}
          axis="Until"
          tone="bad"
        />
        <BarChart
          title="95 % within"
          total={slowest > 0 ? `≤ ${milliseconds(slowest)}` : '–'}
          bars={barsOf(p95)}
          format={milliseconds}
          axis="Until"
        />
      </div>
    </>
  )
}

/** The part of the half hour that nobody watched, so that what was watched stands where it belongs. */
function unknownBefore(steps: readonly string[], stepSeconds: number): Bar[] {
  const first = Date.parse(steps[0] ?? '')
  const missing = Math.max(0, Math.round(SPAN_SECONDS / stepSeconds) - steps.length)
  return Array.from({ length: missing }, (_, index) => {
    const at = new Date(first - (missing - index) * stepSeconds * 1000).toISOString()
    return { key: at, label: formatClock(at), value: null }
  })
}

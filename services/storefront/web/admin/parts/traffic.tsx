import type { Traffic } from '@portico/contracts'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { formatNumber, formatTime } from '../../shared/ui/format.ts'
import { Notice } from '../../shared/ui/notice.tsx'
import { readTraffic } from '../api/operations.ts'
import { Choice } from './choice.tsx'
import { Part } from './part.tsx'
import { type Column, Table } from './table.tsx'
import { TrafficHistoryCharts } from './traffic-history.tsx'

const POLL_MS = 10_000
const ms = (value: number | null) => (value === null ? '–' : `${formatNumber(value)} ms`)

const columns: readonly Column<Traffic>[] = [
  { name: 'Requests', number: true, cell: ({ requests }) => formatNumber(requests) },
  { name: 'Errors', number: true, cell: ({ errors }) => formatNumber(errors) },
  { name: 'Median', number: true, cell: ({ p50 }) => ms(p50) },
  { name: '95 %', number: true, cell: ({ p95 }) => ms(p95) },
  { name: '99 %', number: true, cell: ({ p99 }) => ms(p99) },
]

/**
 * The last half hour of one service, of the gateway where none is chosen; and since each process was started requests,
 * errors and latencies, of all services or of one by route.
 */
export function TrafficPart() {
  const [chosen, setChosen] = useState<string>()
  const query = useQuery({
    queryKey: ['mine', 'traffic'],
    queryFn: ({ signal }) => readTraffic(signal),
    refetchInterval: POLL_MS,
  })
  const names = query.data?.services.map(({ name }) => name) ?? []
  return (
    <Part
      title="Traffic"
      failure="The traffic could not be looked up."
      query={query}
      tools={
        <Choice
          label="Traffic of"
          value={chosen ?? ''}
          all="All services"
          options={names.map((value) => ({ value, name: value }))}
          onChange={setChosen}
        />
      }
    >
      {({ services, incomplete }) => {
        const one = services.find(({ name }) => name === chosen)
        return (
          <>
            <TrafficHistoryCharts name={chosen ?? names[0] ?? 'storefront'} />
            <h3>Since they were started</h3>
            {incomplete.length > 0 && (
              <Notice tone="waiting" title={`Not heard of: ${incomplete.join(', ')}`}>
                <p>The numbers of the others are complete.</p>
              </Notice>
            )}
            {one ? (
              <Table
                caption={`Routes of ${one.name}`}
                rows={one.routes}
                keyOf={({ method, route }) => `${method} ${route}`}
                empty="No request yet."
                columns={[
                  { name: 'Route', cell: ({ method, route }) => <code>{`${method} ${route}`.trim()}</code> },
                  ...columns,
                ]}
              />
            ) : (
              <Table
                caption="Traffic of each service"
                rows={services}
                keyOf={({ name }) => name}
                empty="No service answered."
                columns={[
                  { name: 'Service', cell: ({ name }) => name },
                  ...columns,
                  { name: 'Since', cell: ({ since }) => (since ? formatTime(since) : 'its start') },
                ]}
              />
            )}
          </>
        )
      }}
    </Part>
  )
}

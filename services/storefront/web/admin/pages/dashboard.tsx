import { useState } from 'react'
import { Choice } from '../parts/choice.tsx'
import { DeadLetterCounts } from '../parts/dead-letter-counts.tsx'
import { Health } from '../parts/health.tsx'
import { Sales } from '../parts/sales.tsx'
import { TrafficPart } from '../parts/traffic.tsx'
import { useTitle } from '../parts/use-title.ts'

const spans = { '7': 'Last 7 days', '30': 'Last 30 days', '90': 'Last 90 days' } as const
type Days = keyof typeof spans

/** How the shop does: what was sold, what runs, and how fast it answers. Each part fails by itself. */
export function Dashboard() {
  useTitle('Dashboard')
  const [days, setDays] = useState<Days>('30')
  return (
    <div className="stack">
      <div className="row row--apart">
        <h1 tabIndex={-1}>Dashboard</h1>
        <Choice
          label="Sales of the"
          value={days}
          options={(Object.keys(spans) as Days[]).map((value) => ({ value, name: spans[value] }))}
          onChange={(next) => next && setDays(next)}
        />
      </div>
      <Sales days={Number(days)} />
      <Health />
      <DeadLetterCounts />
      <TrafficPart />
    </div>
  )
}

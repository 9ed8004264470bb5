import type { OrderStatus, TimelineEntry } from '@portico/contracts'
import { formatNumber, formatTime } from '../../shared/ui/format.ts'
import { OrderBadge } from './status.tsx'

/** What happened to an order, the earliest first, each with the request that caused it. */
export function Timeline({ entries }: { readonly entries: readonly TimelineEntry[] }) {
  const start = Date.parse(entries[0]?.at ?? '')
  return (
    <ol className="timeline">
      {entries.map((entry, index) => (
        <li key={entry.eventId} className={`timeline__entry timeline__entry--${roleOf(entry)}`}>
          <p className="row">
            <What entry={entry} />
            <time dateTime={entry.at} title={entry.at} className="small soft">
              {index === 0 ? formatTime(entry.at) : `after ${sinceText(Date.parse(entry.at) - start)}`}
            </time>
          </p>
          {entry.requestId && entry.requestId !== entries[index - 1]?.requestId && (
            <p className="small soft">
              Request <span className="id">{entry.requestId}</span>
            </p>
          )}
          {roleOf(entry) === 'said' && entry.publishedAt === null && (
            <p className="small">It waits in the outbox for the bus.</p>
          )}
        </li>
      ))}
    </ol>
  )
}

type Role = 'status' | 'said' | 'heard'

const roleOf = ({ kind, heardAt }: TimelineEntry): Role =>
  kind === 'status' ? 'status' : heardAt === null ? 'said' : 'heard'

function What({ entry }: { readonly entry: TimelineEntry }) {
  const role = roleOf(entry)
  if (role === 'status') return <OrderBadge status={entry.name as OrderStatus} />
  return (
    <span>
      {role === 'said' ? 'Said' : `Heard from ${entry.source}-service`}: <code>{entry.name}</code>
      {entry.attempt !== null && entry.attempt > 1 && ` (attempt ${entry.attempt})`}
    </span>
  )
}

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** A stretch of time in the largest unit that it has: 240 ms, 3.2 s, 12 min. */
function sinceText(ms: number): string {
  const inUnits = (unitMs: number, name: string) => `${formatNumber(Math.round((ms / unitMs) * 10) / 10)} ${name}`
  if (ms < SECOND_MS) return `${formatNumber(ms)} ms`
  if (ms < MINUTE_MS) return inUnits(SECOND_MS, 's')
  if (ms < HOUR_MS) return inUnits(MINUTE_MS, 'min')
  return ms < DAY_MS ? inUnits(HOUR_MS, 'h') : inUnits(DAY_MS, 'days')
}

import type { OrderStatus, TimelineEntry } from '@portico/contracts'
import { formatTime } from '../../shared/ui/format.ts'
import { OrderBadge } from './status.tsx'

const seconds = new Intl.DateTimeFormat(navigator.languages[0] ?? 'en', {
  timeStyle: 'medium',
})

/** What happened to an order, the earliest first, each with the request that caused it. */
export function Timeline({ entries }: { readonly entries: readonly TimelineEntry[] }) {
  return (
    <ol className="timeline">
      {entries.map((entry) => (
        <li key={entry.eventId} className="timeline__entry">
          <p className="row">
            {entry.kind === 'status' ? (
              <OrderBadge status={entry.name as OrderStatus} />
            ) : (
              <span>
                Said: <code>{entry.name}</code>
                {entry.attempt !== null && entry.attempt > 1 && ` (attempt ${entry.attempt})`}
              </span>
            )}
            <time dateTime={entry.at} title={formatTime(entry.at)} className="small soft">
              {formatTime(entry.at)} ({seconds.format(new Date(entry.at))})
            </time>
          </p>
          {entry.requestId && (
            <p className="small soft">
              Request <span className="id">{entry.requestId}</span>
            </p>
          )}
          {entry.kind === 'event' && entry.publishedAt === null && (
            <p className="small">It waits in the outbox for the bus.</p>
          )}
        </li>
      ))}
    </ol>
  )
}

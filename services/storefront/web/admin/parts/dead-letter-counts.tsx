import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { formatNumber } from '../../shared/ui/format.ts'
import { listDeadLetters } from '../api/operations.ts'
import { deadLetterGroups } from '../search.ts'
import { Part } from './part.tsx'

const POLL_MS = 30_000
const MOST = 100

/** How many events each service could not handle: none, when all is well. */
export function DeadLetterCounts() {
  const query = useQuery({
    queryKey: ['mine', 'dead-letters', 'counts'],
    queryFn: async ({ signal }) =>
      await Promise.all(
        deadLetterGroups.map(async (group) => {
          const { items, nextCursor } = await listDeadLetters({ group, limit: MOST }, signal)
          return { group, count: items.length, more: nextCursor !== null }
        }),
      ),
    refetchInterval: POLL_MS,
  })
  return (
    <Part title="Dead letters" failure="The dead letters could not be counted." query={query}>
      {(counts) => (
        <ul className="counts">
          {counts.map(({ group, count, more }) => (
            <li key={group}>
              <Link to="/admin/dead-letters" search={{ group }} className={count > 0 ? 'count count--bad' : 'count'}>
                <strong>{more ? `${formatNumber(count)}+` : formatNumber(count)}</strong>
                <span>{group}-service</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Part>
  )
}

import { useQuery } from '@tanstack/react-query'
import { readHealth } from '../api/operations.ts'
import { Part } from './part.tsx'
import { Badge } from './status.tsx'

const POLL_MS = 5000
const states = {
  ready: { tone: 'good', name: 'Ready' },
  'not ready': { tone: 'bad', name: 'Not ready' },
  down: { tone: 'bad', name: 'Down' },
} as const

/** Each service with its datastore and bus; the gateway's targets are on its own page. */
export function Health() {
  const query = useQuery({
    queryKey: ['mine', 'health'],
    queryFn: ({ signal }) => readHealth(signal),
    refetchInterval: POLL_MS,
  })
  return (
    <Part title="Health" failure="The health of the services could not be looked up." query={query}>
      {({ services }) => (
        <ul className="health">
          {services.map(({ name, state, checks }) => (
            <li key={name} className="health__service">
              <p className="health__name">
                <strong>{name}</strong>
                <Badge tone={states[state].tone}>{states[state].name}</Badge>
              </p>
              {Object.entries(checks).map(([check, is]) => (
                <p key={check} className="row row--apart small">
                  <span>{check}</span>
                  <span className={is === 'up' ? 'soft' : 'health__down'}>{is}</span>
                </p>
              ))}
            </li>
          ))}
        </ul>
      )}
    </Part>
  )
}

import type { Configuration } from '../config/configuration.ts'
import type { Route, Service } from '../config/entities.ts'
import { namedId } from '../named-id.ts'
import { byPrecedence, priorityOf } from './priority.ts'

/** What is tried as one: a route, or the part of it whose paths have the same length, or are regular expressions. */
export interface Candidate {
  readonly id: string
  readonly route: Route
  readonly service: Service | undefined
  readonly isRegex: boolean
  /** Of this part; as written, `~` included. In latin1, as paths come off the wire. */
  readonly paths: readonly string[]
}

/** Kong's namespace for the ids of the parts of a route. */
const PART_NAMESPACE = '7f145bf9-0dce-4f91-98eb-debbce4b9f6b'

/** Every candidate of a configuration in the order in which they are tried; routes of disabled services have none. */
export function listCandidates(configuration: Configuration): Candidate[] {
  const services = configuration.table('services')
  const candidates: (Candidate & { priority: bigint })[] = []
  for (const route of configuration.table('routes').values()) {
    const service = route.service ? services.get(route.service.id) : undefined
    if (service && !service.enabled) continue
    for (const part of splitRoute(route, service)) candidates.push({ ...part, priority: priorityOf(part) })
  }
  return candidates.sort(byPrecedence)
}

function splitRoute(route: Route, service: Service | undefined): Candidate[] {
  const groups = new Map<number | 'regex', string[]>()
  for (const path of route.paths ?? []) {
    const bytes = Buffer.from(path, 'utf8').toString('latin1')
    const key = path.startsWith('~') ? 'regex' : bytes.length
    const group = groups.get(key)
    if (group) group.push(bytes)
    else groups.set(key, [bytes])
  }
  const id = route.id.toLowerCase()
  if (groups.size === 0) return [{ id, route, service, isRegex: false, paths: [] }]
  return [...groups].map(([key, paths], i) => ({
    id: groups.size === 1 ? id : namedId(`${route.id}#${i + 1}`, PART_NAMESPACE),
    route,
    service,
    isRegex: key === 'regex',
    paths,
  }))
}

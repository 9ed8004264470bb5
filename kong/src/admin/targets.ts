/** The targets of an upstream: those of the file, and those that discovery adds to them while the gateway runs. */
import { targetId } from '../config/document/ids.ts'
import type { Target } from '../config/entities.ts'
import type { Gateway } from '../gateway.ts'
import { childrenOf, type Entity } from './look-up.ts'

/** What tells a target that no file holds. */
const DISCOVERED = 'discovered'

/** In the order of their ids, as Kong lists them. */
export function targetsOf(gateway: Gateway, upstreamId: string): Entity[] {
  const fromFile = childrenOf(gateway.configuration, 'targets', 'upstream', upstreamId)
  const overlay = gateway.line.balancers.upstreams.get(upstreamId)?.overlay ?? []
  if (overlay.length === 0) return fromFile
  const discovered = overlay.map(
    ({ target, weight, since }): Target => ({
      id: targetId(upstreamId, target),
      created_at: since,
      updated_at: since,
      upstream: { id: upstreamId },
      target,
      weight,
      tags: [DISCOVERED],
    }),
  )
  return [...fromFile, ...(discovered as unknown as Entity[])].sort((a, b) => (a.id < b.id ? -1 : 1))
}

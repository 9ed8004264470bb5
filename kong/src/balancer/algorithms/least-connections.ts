import type { Address } from '../address.ts'
import type { Algorithm } from './algorithm.ts'

/**
 * The address with the fewest requests under way for its weight; of equals the one that had to wait longer. What failed
 * comes last. Source: Kong 3.9, kong/runloop/balancer/least_connections.lua.
 */
export function leastConnections(): Algorithm {
  let addresses: readonly Address[] = []
  let after = 0
  return {
    update(next) {
      addresses = next.filter(({ weight }) => weight > 0)
    },
    pick(_, failed) {
      const available = addresses.filter((address) => address.available)
      const fresh = available.filter((address) => !failed.includes(address))
      const candidates = fresh.length > 0 ? fresh : available
      let best: Address | undefined
      for (let i = 0; i < candidates.length; i++) {
        const address = candidates[(after + i) % candidates.length]
        if (address && (!best || load(address) < load(best))) best = address
      }
      if (!best) return undefined
      after = candidates.indexOf(best) + 1
      return { address: best }
    },
  }
}

/** One more than there are, so that of idle addresses the weightiest comes first. */
const load = ({ connections, weight }: Address): number => (connections + 1) / weight

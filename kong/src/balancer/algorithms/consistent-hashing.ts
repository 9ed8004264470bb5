import type { Upstream } from '../../config/entities.ts'
import type { Address } from '../address.ts'
import type { Algorithm } from './algorithm.ts'
import { hashValueOf } from './hash-value.ts'
import { xxhash32 } from './xxhash32.ts'

/** Points of each address on the ring where all weigh the same. */
const pointsPerTarget = 160
const leastPoints = 1000

/**
 * The same address for the same value: addresses have points on a ring, a value leads to a place on it, and the next
 * point downwards whose address is available is taken. Source: Kong 3.9,
 * kong/runloop/balancer/consistent_hashing.lua, byte for byte in what is hashed (the doubled colon included).
 */
export function consistentHashing(upstream: Upstream): Algorithm {
  const points = Math.max(upstream.slots, leastPoints)
  let ring: (Address | undefined)[] = []
  return {
    ignoresThreshold: true,
    update(addresses, targets) {
      ring = layOut(addresses, targets, points)
    },
    pick(exchange) {
      const { value, setCookie } = hashValueOf(upstream, exchange)
      const start = xxhash32(value) % points
      for (let step = 0; step < points; step++) {
        const address = ring[(start - step + points) % points]
        if (address?.available) return setCookie === undefined ? { address } : { address, setCookie }
      }
      return undefined
    },
  }
}

function layOut(addresses: readonly Address[], targets: number, points: number): (Address | undefined)[] {
  const ring = new Array<Address | undefined>(points).fill(undefined)
  const total = addresses.reduce((sum, { weight }) => sum + weight, 0)
  for (const address of [...addresses].sort(byName)) {
    if (address.weight === 0) continue
    let entries = Math.max(1, Math.floor((address.weight / total) * targets * pointsPerTarget))
    for (let i = 1; i <= entries && i <= points; i++) {
      const index = xxhash32(`${address.ip}::${address.port} ${i}`) % points
      if (ring[index] === undefined) ring[index] = address
      else entries += 1
    }
  }
  return ring
}

function byName(a: Address, b: Address): number {
  if (a.host !== b.host) return a.host < b.host ? -1 : 1
  if (a.port !== b.port) return a.port - b.port
  return a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : 0
}

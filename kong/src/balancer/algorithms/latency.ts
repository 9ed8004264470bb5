import type { Address } from '../address.ts'
import type { Algorithm } from './algorithm.ts'

/** Milliseconds after which an old measurement counts a third. */
const decayTime = 10_000

interface Measured {
  average: number
  at: number
}

/**
 * The faster of two addresses taken at random, by a moving average of how long requests took, for its weight; not one
 * that failed. A new address starts with the average of the others.
 * Source: Kong 3.9, kong/runloop/balancer/latency.lua (peak EWMA).
 */
export function latency(now: () => number): Algorithm {
  const measured = new Map<Address, Measured>()

  const averageOf = (address: Address, took: number): number => {
    const { average, at } = measured.get(address) ?? { average: 0, at: 0 }
    const share = Math.exp(-Math.max(0, now() - at) / decayTime)
    return average * share + took * (1 - share)
  }
  const score = (address: Address): number => averageOf(address, 0) / address.weight

  return {
    update(addresses) {
      const kept = new Set(addresses.filter(({ weight }) => weight > 0))
      for (const address of measured.keys()) if (!kept.has(address)) measured.delete(address)
      const known = [...measured.values()]
      const start = known.length === 0 ? 0 : known.reduce((sum, { average }) => sum + average, 0) / known.length
      for (const address of kept) if (!measured.has(address)) measured.set(address, { average: start, at: now() })
    },
    pick(_, failed) {
      const candidates = [...measured.keys()].filter((address) => address.available && !failed.includes(address))
      const first = takeRandom(candidates)
      const second = takeRandom(candidates)
      if (!first) return undefined
      return { address: second && score(second) < score(first) ? second : first }
    },
    finished(address, took) {
      if (measured.has(address)) measured.set(address, { average: averageOf(address, took), at: now() })
    },
  }
}

function takeRandom(from: Address[]): Address | undefined {
  return from.splice(Math.floor(Math.random() * from.length), 1)[0]
}

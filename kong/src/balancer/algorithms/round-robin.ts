import type { Address } from '../address.ts'
import type { Algorithm } from './algorithm.ts'

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b))

/**
 * Every address in turn, as often as its weight says: the weights without their common divisor are laid out as a wheel,
 * shuffled, and gone round. Source: Kong 3.9, kong/runloop/balancer/round_robin.lua.
 */
export function roundRobin(): Algorithm {
  let wheel: Address[] = []
  let at = 0
  return {
    update(addresses) {
      const weighty = addresses.filter(({ weight }) => weight > 0)
      const common = weighty.reduce((sum, { weight }) => divisor(sum, weight), 0)
      wheel = shuffle(weighty.flatMap((address) => new Array<Address>(address.weight / common).fill(address)))
      at = 0
    },
    pick() {
      for (let tried = 0; tried < wheel.length; tried++) {
        const address = wheel[at]
        at = (at + 1) % wheel.length
        if (address?.available) return { address }
      }
      return undefined
    },
  }
}

/** Fisher and Yates. */
function shuffle(wheel: Address[]): Address[] {
  for (let i = wheel.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1))
    const [a, b] = [wheel[i], wheel[j]]
    if (a && b) {
      wheel[i] = b
      wheel[j] = a
    }
  }
  return wheel
}

import type { Address } from '../address.ts'
import type { Algorithm } from './algorithm.ts'

/**
 * The address with the fewest requests under way for its weight. Which of equals it is follows from Kong's heap: with
 * nothing under way, requests one after the other do not reach every address. What failed comes last.
 * Source: Kong 3.9, kong/runloop/balancer/least_connections.lua.
 */
export function leastConnections(): Algorithm {
  let addresses: readonly Address[] = []
  let heap = new Heap([])
  return {
    update(next) {
      addresses = next.filter(({ weight }) => weight > 0)
      heap = new Heap(addresses.filter(({ available }) => available))
    },
    pick(_, failed) {
      const available = addresses.filter((address) => address.available)
      if (!heap.holds(available)) heap = new Heap(available)
      const address = heap.first(sinceAllFailed(failed, available))
      return address && { address }
    },
    started: (address) => heap.settle(address),
    finished: (address) => heap.settle(address),
  }
}

/** What has failed since every address had: from then on they all get another chance. */
function sinceAllFailed(failed: readonly Address[], available: readonly Address[]): readonly Address[] {
  const since = new Set<Address>()
  for (const address of failed) {
    since.add(address)
    if (available.every((one) => since.has(one))) since.clear()
  }
  return [...since]
}

/** One more than there are, so that of idle addresses the weightiest comes first. */
const load = ({ connections, weight }: Address): number => (connections + 1) / weight

/** A binary heap of addresses by their load: the least is on top. */
class Heap {
  readonly #addresses: Address[] = []
  readonly #members: ReadonlySet<Address>

  constructor(addresses: readonly Address[]) {
    this.#members = new Set(addresses)
    for (const address of addresses) this.#insert(address)
  }

  /** Whether these and no others are in it. */
  holds(addresses: readonly Address[]): boolean {
    return addresses.length === this.#members.size && addresses.every((one) => this.#members.has(one))
  }

  /** The least loaded address that is not among `failed`. Those above it are put in again, as they came out. */
  first(failed: readonly Address[]): Address | undefined {
    const above: Address[] = []
    let top = this.#addresses[0]
    while (top && failed.includes(top)) {
      above.push(top)
      this.#removeTop()
      top = this.#addresses[0]
    }
    for (const address of above) this.#insert(address)
    return top
  }

  /** Finds the new place of an address whose load has changed. */
  settle(address: Address): void {
    const at = this.#addresses.indexOf(address)
    if (at < 0) return
    this.#rise(at)
    this.#sink(this.#addresses.indexOf(address))
  }

  #insert(address: Address): void {
    this.#addresses.push(address)
    this.#rise(this.#addresses.length - 1)
  }

  #removeTop(): void {
    const last = this.#addresses.pop()
    if (!last || this.#addresses.length === 0) return
    this.#addresses[0] = last
    this.#sink(0)
  }

  #rise(start: number): void {
    for (let at = start; at > 0; ) {
      const parent = (at - 1) >> 1
      if (!this.#isLess(at, parent)) return
      this.#swap(at, parent)
      at = parent
    }
  }

  #sink(start: number): void {
    for (let at = start; ; ) {
      let least = at
      for (const child of [2 * at + 1, 2 * at + 2]) if (this.#isLess(child, least)) least = child
      if (least === at) return
      this.#swap(at, least)
      at = least
    }
  }

  #isLess(a: number, b: number): boolean {
    const [first, second] = [this.#addresses[a], this.#addresses[b]]
    return first !== undefined && second !== undefined && load(first) < load(second)
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#addresses[a], this.#addresses[b]]
    if (!first || !second) return
    this.#addresses[a] = second
    this.#addresses[b] = first
  }
}

import type { Exchange } from '../../exchange.ts'
import type { Address } from '../address.ts'

/** A way to spread requests over addresses. */
export interface Algorithm {
  /** Called at the start, and whenever addresses came, went, or changed their weight; those of weight 0 included. */
  update(addresses: readonly Address[], targets: number): void
  /** The address for the next try; `failed` are those that the request has tried in vain, the last one last. */
  pick(exchange: Exchange, failed: readonly Address[]): Picked | undefined
  /** Told that a request to an address is under way; it is counted already. */
  started?(address: Address): void
  /** Told how long a request took, in milliseconds. */
  finished?(address: Address, took: number): void
  /** Whether an unhealthy upstream as a whole is of no matter. */
  readonly ignoresThreshold?: boolean
}

export interface Picked {
  readonly address: Address
  readonly setCookie?: string
}

import net, { type Socket } from 'node:net'
import { plainAddress } from './trusted-addresses.ts'

export interface ConnectionLimitOptions {
  /** Connections of all clients together. */
  readonly connections: number
  /** Connections of one address that is not trusted. */
  readonly connectionsPerAddress: number
  /** Trusted proxies carry many clients, so their connections count in the total alone. */
  readonly isTrusted: (address: string) => boolean
}

/** Counts the connections of clients, from before the TLS handshake until they are closed. */
export class ConnectionLimits {
  readonly #options: ConnectionLimitOptions
  readonly #byAddress = new Map<string, number>()
  #open = 0

  constructor(options: ConnectionLimitOptions) {
    this.#options = options
  }

  /** Whether one more connection exceeds the total. */
  get full(): boolean {
    return this.#open >= this.#options.connections
  }

  /** Counts a connection until it closes. Answers false, and counts nothing, if its address has too many. */
  admit(socket: Socket): boolean {
    const address = plainAddress(socket.remoteAddress ?? '')
    const origin = this.#options.isTrusted(address) ? undefined : originOf(address)
    const count = origin === undefined ? 0 : (this.#byAddress.get(origin) ?? 0)
    if (count >= this.#options.connectionsPerAddress) return false
    this.#open += 1
    if (origin !== undefined) this.#byAddress.set(origin, count + 1)
    socket.once('close', () => this.#release(origin))
    return true
  }

  #release(origin: string | undefined): void {
    this.#open -= 1
    if (origin === undefined) return
    const left = (this.#byAddress.get(origin) ?? 1) - 1
    if (left > 0) this.#byAddress.set(origin, left)
    else this.#byAddress.delete(origin)
  }
}

/** What counts as one address: of IPv6 the network of 64 bits, which one subscriber usually has whole (RFC 6177). */
export function originOf(address: string): string {
  if (!net.isIPv6(address)) return address
  const [before = '', after] = address.split('%')[0]?.split('::') ?? []
  const head = before === '' ? [] : before.split(':')
  const tail = after === undefined || after === '' ? [] : after.split(':')
  const zeros = after === undefined ? 0 : Math.max(0, 8 - head.length - tail.length)
  const groups = [...head, ...Array<string>(zeros).fill('0'), ...tail]
  return `${groups.slice(0, 4).join(':')}::/64`
}

import { type Address, addressKey } from './address.ts'
import type { UpstreamConnection } from './connection.ts'

export interface PoolSettings {
  /** Idle connections kept per address. */
  readonly poolSize: number
  /** Requests after which a connection is closed. */
  readonly maxRequests: number
  /** Milliseconds. */
  readonly idleTimeout: number
}

/**
 * Connections to upstreams that wait for their next request, by address; the last one in is the first one out.
 * It outlives every reload of the configuration.
 */
export class ConnectionPool {
  readonly #settings: PoolSettings
  readonly #idle = new Map<string, UpstreamConnection[]>()
  readonly #sweep: NodeJS.Timeout
  #closed = false

  constructor(settings: PoolSettings) {
    this.#settings = settings
    this.#sweep = setInterval(() => this.#closeOld(), 1000).unref()
  }

  /** An idle connection that is still good, or undefined. */
  take(address: Address): UpstreamConnection | undefined {
    const idle = this.#idle.get(addressKey(address))
    for (let connection = idle?.pop(); connection; connection = idle?.pop()) {
      connection.reader.onGone = undefined
      connection.reader.onUnasked = undefined
      if (!connection.reader.ended && !connection.reader.buffered) return connection
      connection.destroy()
    }
    return undefined
  }

  /** Keeps a connection whose answer was read to the end, or closes it. */
  keep(address: Address, connection: UpstreamConnection): void {
    const { poolSize, maxRequests } = this.#settings
    const { reader } = connection
    if (this.#closed || poolSize === 0 || connection.uses >= maxRequests || reader.ended || reader.buffered) {
      connection.destroy()
      return
    }
    const idle = this.#listOf(addressKey(address))
    if (idle.length >= poolSize) idle.shift()?.destroy()
    connection.idleSince = performance.now()
    // Nothing may come before it was asked for: whatever comes, the connection is no longer to be trusted.
    const drop = () => this.#drop(idle, connection)
    reader.onGone = drop
    reader.onUnasked = drop
    idle.push(connection)
  }

  /** Closes every idle connection; those in use are closed when they come back. */
  close(): void {
    this.#closed = true
    clearInterval(this.#sweep)
    for (const idle of this.#idle.values()) for (const connection of [...idle]) this.#drop(idle, connection)
  }

  #listOf(key: string): UpstreamConnection[] {
    const known = this.#idle.get(key)
    if (known) return known
    const list: UpstreamConnection[] = []
    this.#idle.set(key, list)
    return list
  }

  #drop(idle: UpstreamConnection[], connection: UpstreamConnection): void {
    const index = idle.indexOf(connection)
    if (index >= 0) idle.splice(index, 1)
    connection.reader.onGone = undefined
    connection.reader.onUnasked = undefined
    connection.destroy()
  }

  #closeOld(): void {
    const before = performance.now() - this.#settings.idleTimeout
    for (const [key, idle] of this.#idle) {
      while (idle[0] && idle[0].idleSince < before) this.#drop(idle, idle[0])
      if (idle.length === 0) this.#idle.delete(key)
    }
  }
}

import http2, { type ClientHttp2Session } from 'node:http2'
import type { Cancellation } from '../cancellation.ts'
import { type Address, addressKey } from '../upstream/address.ts'
import { ConnectFailed, openSocket } from '../upstream/connection.ts'
import type { PoolSettings } from '../upstream/pool.ts'

/** One connection to an upstream, shared by the streams that are under way on it. */
export class UpstreamSession {
  readonly session: ClientHttp2Session
  /** Streams opened on it so far, and those that are open. */
  uses = 0
  open = 0

  constructor(session: ClientHttp2Session) {
    this.session = session
  }

  hasRoom(maxRequests: number): boolean {
    const { closed, destroyed, remoteSettings } = this.session
    if (closed || destroyed || this.uses >= maxRequests) return false
    return this.open < (remoteSettings.maxConcurrentStreams ?? Number.POSITIVE_INFINITY)
  }
}

/** Connections of HTTP/2 to upstreams, by address. They outlive every reload of the configuration. */
export class UpstreamSessions {
  readonly #settings: PoolSettings
  readonly #sessions = new Map<string, UpstreamSession[]>()
  readonly #opening = new Map<string, Promise<UpstreamSession>>()

  constructor(settings: PoolSettings) {
    this.#settings = settings
  }

  /**
   * A session with room for another stream; who asks while one is being opened waits for it.
   * @param timeout milliseconds for connecting.
   * @throws ConnectFailed, ConnectTimeout
   */
  async take(address: Address, timeout: number, cancellation: Cancellation): Promise<UpstreamSession> {
    const key = addressKey(address)
    const ready = this.#find(key)
    if (ready) return ready
    const cancelled = new Promise<never>((_, reject) => {
      cancellation.onCancel = () => reject(new ConnectFailed('the client is gone'))
    })
    cancelled.catch(() => undefined)
    const opening = this.#opening.get(key) ?? this.#start(key, address, timeout)
    const session = await Promise.race([opening, cancelled])
    cancellation.onCancel = undefined
    return session.hasRoom(this.#settings.maxRequests) ? session : this.take(address, timeout, cancellation)
  }

  close(): void {
    for (const sessions of this.#sessions.values()) for (const { session } of sessions) session.destroy()
  }

  #find(key: string): UpstreamSession | undefined {
    return this.#sessions.get(key)?.find((session) => session.hasRoom(this.#settings.maxRequests))
  }

  #start(key: string, address: Address, timeout: number): Promise<UpstreamSession> {
    const opening = this.#open(key, address, timeout).finally(() => this.#opening.delete(key))
    opening.catch(() => undefined)
    this.#opening.set(key, opening)
    return opening
  }

  async #open(key: string, address: Address, timeout: number): Promise<UpstreamSession> {
    const socket = await openSocket(address, timeout)
    const session = http2.connect(
      `${address.tls ? 'https' : 'http'}://${address.ip.includes(':') ? '[::1]' : address.ip}`,
      {
        createConnection: () => socket,
        settings: { enablePush: false },
      },
    )
    const held = new UpstreamSession(session)
    const list = this.#sessions.get(key) ?? []
    this.#sessions.set(key, [...list, held])
    session.on('error', () => undefined)
    session.on('close', () => this.#forget(key, held))
    session.setTimeout(this.#settings.idleTimeout, () => {
      if (held.open === 0) session.close()
    })
    return held
  }

  #forget(key: string, gone: UpstreamSession): void {
    const left = (this.#sessions.get(key) ?? []).filter((session) => session !== gone)
    if (left.length > 0) this.#sessions.set(key, left)
    else this.#sessions.delete(key)
  }
}

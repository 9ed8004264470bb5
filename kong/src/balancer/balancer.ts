import type { Reference } from '../config/entities.ts'
import type { Exchange } from '../exchange.ts'

/** Where one try goes. */
export interface Peer {
  readonly ip: string
  readonly port: number
  /** The name for the Host header, without port: the target's name or address, or the upstream's `host_header`. */
  readonly host: string
  /** A cookie that the client is to keep, so that its next requests go to the same address. */
  readonly setCookie?: string
  /** Says how a try ended, for passive health checks. */
  report(outcome: Outcome): void
  /** Says that nothing is under way to this address any more. To be called once. */
  release(): void
}

/** How a try ended: with an answer, without one in time, or without one at all. */
export type Outcome =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'tcp_failure' }

/** Gives the addresses of one service, one try at a time. */
export interface Balancer {
  /** What the gateway shows to the addresses, where the service names no certificate of its own. */
  readonly clientCertificate?: Reference | null
  /**
   * @param failed the peers that this request has tried in vain.
   * @throws NoPeer, NameNotResolved, NameLookUpFailed
   */
  next(exchange: Exchange, failed: readonly Peer[]): Promise<Peer> | Peer
}

/** No address of the upstream may be used. */
export class NoPeer extends Error {
  override readonly name = 'NoPeer'
}

/** A name has no address. */
export class NameNotResolved extends Error {
  override readonly name = 'NameNotResolved'
}

/** There was no telling whether a name has an address. */
export class NameLookUpFailed extends Error {
  override readonly name = 'NameLookUpFailed'

  constructor(host: string, reason: string) {
    super(`failed the initial dns/balancer resolve for '${host}' with: ${reason}`)
  }
}

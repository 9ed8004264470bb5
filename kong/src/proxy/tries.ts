import type { Balancer, Peer } from '../balancer/balancer.ts'
import { BodyUnreadable } from '../body-unreadable.ts'
import type { Service } from '../config/entities.ts'
import type { Exchange, Try } from '../exchange.ts'
import type { Cancellation } from './cancellation.ts'
import { attemptHttp2 } from './http2/upstream-attempt.ts'
import type { UpstreamSessions } from './http2/upstream-sessions.ts'
import type { Address } from './upstream/address.ts'
import { AttemptFailed, attempt, type UpstreamAnswer, type UpstreamMessage } from './upstream/attempt.ts'
import type { ConnectionPool } from './upstream/pool.ts'

/** Every try failed: 502 or 504 is the answer. */
export class TriesExhausted extends Error {
  override readonly name = 'TriesExhausted'
  readonly status: 502 | 504
  readonly peer: Peer

  constructor(status: 502 | 504, peer: Peer, cause: unknown) {
    super(`every try failed; the last with ${status}`, { cause })
    this.status = status
    this.peer = peer
  }
}

/** The client went away while the upstream was asked. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone'
}

export interface Proxying {
  readonly exchange: Exchange
  readonly service: Service
  readonly balancer: Balancer
  readonly pool: ConnectionPool
  readonly sessions: UpstreamSessions
  readonly cancellation: Cancellation
  /** The request for one peer; asked for once per try. */
  message(peer: Peer): UpstreamMessage
  address(peer: Peer): Address
  /** Whether the body can be sent again. */
  readonly repeatable: () => boolean
}

/** Methods that are not sent twice, since twice may not be the same as once. Source: nginx, proxy_next_upstream. */
const unsafeToRepeat: ReadonlySet<string> = new Set(['POST', 'LOCK', 'PATCH'])

/**
 * Asks one peer after the other until one answers, as nginx does with Kong's balancer: another try after an error or a
 * timeout, as often as the service allows; a kept connection that was just closed does not count.
 * @throws TriesExhausted, ClientGone, BodyUnreadable, and what the balancer throws for the first peer.
 */
export async function askUpstream(proxying: Proxying): Promise<{ answer: UpstreamAnswer; peer: Peer }> {
  const { exchange, service, balancer } = proxying
  const failed: Peer[] = []
  let left = service.retries + 1
  let peer = await pick(balancer, exchange, failed)
  exchange.timings.accessEnd ??= performance.now()
  exchange.timings.upstreamStart = performance.now()
  for (;;) {
    const failure = await tryPeer(proxying, peer)
    if (!(failure instanceof AttemptFailed)) return { answer: failure, peer }
    left -= failure.reused && failure.kind === 'error' ? 0 : 1
    note(exchange, peer, failure)
    const status = failure.kind === 'timeout' ? 504 : 502
    if (left <= 0 || !mayRepeat(failure, proxying)) throw new TriesExhausted(status, peer, failure)
    peer.report({ kind: failure.kind === 'timeout' ? 'timeout' : 'tcp_failure' })
    peer.release()
    failed.push(peer)
    try {
      peer = await pick(balancer, exchange, failed)
    } catch (error) {
      throw new TriesExhausted(502, { ...peer, release: () => undefined }, error)
    }
  }
}

async function pick(balancer: Balancer, exchange: Exchange, failed: readonly Peer[]): Promise<Peer> {
  const start = performance.now()
  const picked = balancer.next(exchange, failed)
  const peer = picked instanceof Promise ? await picked : picked
  const entry: Try = {
    ip: peer.ip,
    port: peer.port,
    balancerStart: exchange.startedAt + (start - exchange.startedTick),
    balancerLatency: performance.now() - start,
  }
  exchange.tries.push(entry)
  return peer
}

async function tryPeer(proxying: Proxying, peer: Peer): Promise<UpstreamAnswer | AttemptFailed> {
  const { service, pool, sessions, cancellation } = proxying
  const timeouts = { connect: service.connect_timeout, write: service.write_timeout, read: service.read_timeout }
  try {
    const [message, address] = [proxying.message(peer), proxying.address(peer)]
    if (address.http2) return await attemptHttp2(message, address, { sessions, timeouts, cancellation })
    return await attempt(message, address, { pool, timeouts, cancellation })
  } catch (error) {
    const unreadable = error instanceof AttemptFailed && error.cause instanceof BodyUnreadable
    if (cancellation.cancelled || unreadable || !(error instanceof AttemptFailed)) peer.release()
    if (cancellation.cancelled) throw new ClientGone('the client is gone', { cause: error })
    if (unreadable) throw error.cause
    if (error instanceof AttemptFailed) return error
    throw error
  }
}

function note({ id, tries, worker }: Exchange, { ip, port }: Peer, failure: AttemptFailed): void {
  const reason = failure.cause instanceof Error ? failure.cause.message : String(failure.cause)
  worker.log.warn('a try at an upstream failed', { request_id: id, ip, port, kind: failure.kind, reason })
  const entry = tries.at(-1)
  if (!entry) return
  entry.state = 'failed'
  entry.code = failure.kind === 'timeout' ? 504 : 502
}

function mayRepeat(failure: AttemptFailed, { exchange, repeatable }: Proxying): boolean {
  if (failure.kind === 'invalid') return false
  return !failure.sent || (repeatable() && !unsafeToRepeat.has(exchange.upstream.method))
}

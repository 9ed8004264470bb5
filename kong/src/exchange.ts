import type { Configuration } from './config/configuration.ts'
import type { Consumer, Route, Service } from './config/entities.ts'
import type { HeaderList } from './headers.ts'
import type { RouteMatch } from './router/router.ts'
import type { TracingSettings } from './tracing/settings.ts'

/** Everything the gateway keeps of one request while it is under way. Plugins read and change it. */
export interface Exchange {
  /** 32 lower-case hex digits; `X-Kong-Request-Id`. */
  readonly id: string
  /** When its first byte was read: milliseconds since the epoch, and on the monotonic clock. */
  readonly startedAt: number
  readonly startedTick: number
  readonly configuration: Configuration
  readonly worker: Worker
  readonly request: ClientRequest
  /** What will be sent to the upstream; plugins change it in `access`. */
  readonly upstream: UpstreamRequest
  /** What will be sent to the client; there from `headerFilter` on. */
  response: ClientResponse | undefined
  match: RouteMatch | undefined
  route: Route | undefined
  service: Service | undefined
  consumer: Consumer | undefined
  credential: Credential | undefined
  /** Groups that an authentication plugin found, where acl shall not ask the consumer's own. */
  authenticatedGroups: readonly string[] | undefined
  readonly timings: Timings
  readonly tries: Try[]
  /** Bytes on the client's connection for this request so far, heads included. */
  readonly traffic: { received: number; sent: number }
  /** State of one plugin for one request: `shared.get('rate-limiting')`. */
  readonly shared: Map<string, unknown>
  /** Who made the answer: the upstream, the gateway on purpose, or the gateway after a failure. */
  source: 'service' | 'exit' | 'error'
}

/** The request as the client sent it; nothing in it changes. */
export interface ClientRequest {
  readonly method: string
  /** The target exactly as on the request line. */
  readonly target: string
  /** The target's path as sent, up to the first `?`. */
  readonly rawPath: string
  /** What follows the first `?`; undefined without one. */
  readonly rawQuery: string | undefined
  readonly httpVersion: '1.0' | '1.1' | '2.0'
  readonly scheme: 'http' | 'https'
  /** The name of the TLS handshake. */
  readonly sni: string | undefined
  readonly headers: HeaderList
  /** The client's address after real-ip, and that of the TCP peer. */
  readonly clientAddress: string
  readonly peerAddress: string
  readonly peerPort: number
  /** Where the connection came in. */
  readonly localAddress: string
  readonly localPort: number
  /** The host that was asked for, as nginx's `$host` has it, and the port that clients see. */
  readonly host: string
  readonly port: number
  /** Whether the peer is in `trusted_ips`. */
  readonly peerTrusted: boolean
  /** What the client asked for, after the forwarded headers of a trusted peer. */
  readonly forwarded: { readonly proto: string; readonly host: string; readonly port: number }
  /** Requests served on this connection so far, this one included; the connection's number. */
  readonly connectionRequests: number
  readonly connectionId: number
  /** Whether a body follows (Content-Length above 0, or chunked). */
  readonly hasBody: boolean
  /**
   * Reads the whole body and keeps it, so that it can still be sent on.
   * @throws BodyTooLarge when more than `limit` bytes come, BodyUnreadable where it does not arrive whole.
   */
  body(limit?: number): Promise<Buffer>
  /**
   * Whether the body is longer than so many bytes. It is kept, but never held in memory as a whole.
   * @throws BodyUnreadable where it does not arrive whole.
   */
  bodyExceeds(limit: number): Promise<boolean>
}

export interface UpstreamRequest {
  method: string
  /** Already escaped; without the query. */
  path: string
  /** Without `?`; undefined for none. */
  query: string | undefined
  scheme: 'http' | 'https' | 'grpc' | 'grpcs'
  headers: HeaderList
  /** Set by a plugin that changed the body; else the client's body is passed on. */
  body: Buffer | undefined
  /** Set when a plugin chose the Host header itself. */
  hostHeader: string | undefined
}

export interface ClientResponse {
  status: number
  readonly headers: HeaderList
  /** Whether Content-Length of the upstream no longer holds, since a plugin changes the body. */
  rewritesBody: boolean
}

export interface Credential {
  readonly id: string
  readonly consumer?: { readonly id: string }
  /** `X-Credential-Identifier`. */
  readonly identifier?: string
}

/** Milliseconds on the monotonic clock; undefined until reached. */
export interface Timings {
  accessEnd?: number
  upstreamStart?: number
  upstreamHeaders?: number
  upstreamEnd?: number
}

export interface Try {
  readonly ip: string
  readonly port: number
  readonly balancerStart: number
  balancerLatency: number
  state?: 'failed' | 'next'
  code?: number
}

/**
 * What lives as long as the gateway itself, over every reload: counters, caches, the worker's id.
 * Kong keeps such things in shared memory.
 */
export interface Worker {
  readonly id: string
  readonly pid: number
  readonly nodeId: string
  /** The state that goes by a name, made at the first call. */
  state<T>(name: string, create: () => T): T
  readonly log: Log
  readonly tracing: TracingSettings
  /** Wall clock in milliseconds; tests put in their own. */
  now(): number
}

export interface Log {
  debug(message: string, fields?: object): void
  info(message: string, fields?: object): void
  warn(message: string, fields?: object): void
  error(message: string, fields?: object): void
}

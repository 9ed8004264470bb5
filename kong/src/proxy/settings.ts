import type { NegotiatedType } from './answers/negotiation.ts'

/** A header that the gateway itself adds to an answer. Source: Kong 3.9, `headers` in kong.conf. */
export type GatewayHeader =
  | 'server'
  | 'via'
  | 'x-kong-proxy-latency'
  | 'x-kong-upstream-latency'
  | 'x-kong-response-latency'
  | 'x-kong-admin-latency'
  | 'x-kong-upstream-status'
  | 'x-kong-request-id'

/** The settings of the data path; names and defaults are those of kong.conf, times are milliseconds. */
export interface ProxySettings {
  /** `headers`, with `server_tokens` and `latency_tokens` already spelt out. */
  readonly headers: ReadonlySet<GatewayHeader>
  /** `headers_upstream`: whether the upstream is told the request id. */
  readonly requestIdToUpstream: boolean
  /** Addresses and CIDR ranges whose forwarded headers are believed; `unix:` is not supported. */
  readonly trustedIps: readonly string[]
  readonly realIpHeader: string
  readonly realIpRecursive: boolean
  readonly errorDefaultType: NegotiatedType
  readonly allowDebugHeader: boolean
  /** Listening port → the port that clients see. */
  readonly portMaps: ReadonlyMap<number, number>
  readonly upstreamKeepalive: {
    readonly poolSize: number
    readonly maxRequests: number
    readonly idleTimeout: number
  }
  readonly client: {
    /** For the whole head of a request, from its first byte. */
    readonly headerTimeout: number
    /** Between two reads of a body, and between two writes of an answer. */
    readonly bodyTimeout: number
    readonly sendTimeout: number
    readonly keepAliveTimeout: number
    /** After so many requests a connection is closed. */
    readonly keepAliveRequests: number
  }
  /** What clients may take up; Infinity for no limit. */
  readonly limits: {
    /** Bytes of one request's body, without the framing of chunks. */
    readonly maxBodyBytes: number
    /** Open connections of all clients. */
    readonly connections: number
    /** Open connections of one client address that is not trusted. */
    readonly connectionsPerAddress: number
    /** Bytes of request bodies that are kept at once, in memory and on disk. */
    readonly spoolBytes: number
  }
}

/** Kong's tokens for groups of headers. */
export const serverTokens: readonly GatewayHeader[] = ['server', 'via']
export const latencyTokens: readonly GatewayHeader[] = [
  'x-kong-proxy-latency',
  'x-kong-upstream-latency',
  'x-kong-response-latency',
  'x-kong-admin-latency',
]

/**
 * Kong 3.9's defaults (kong_defaults.lua) and, for `client`, those of nginx. Kong's worker_connections is at most
 * 16384; it has no limit per address and none on spooled bodies, of which ours is high enough not to be met by chance.
 */
export const defaultSettings: ProxySettings = {
  headers: new Set([...serverTokens, ...latencyTokens, 'x-kong-request-id']),
  requestIdToUpstream: true,
  trustedIps: [],
  realIpHeader: 'x-real-ip',
  realIpRecursive: false,
  errorDefaultType: 'text/plain',
  allowDebugHeader: false,
  portMaps: new Map(),
  upstreamKeepalive: { poolSize: 512, maxRequests: 10_000, idleTimeout: 60_000 },
  client: {
    headerTimeout: 60_000,
    bodyTimeout: 60_000,
    sendTimeout: 60_000,
    keepAliveTimeout: 75_000,
    keepAliveRequests: 10_000,
  },
  limits: {
    maxBodyBytes: Number.POSITIVE_INFINITY,
    connections: 16_384,
    connectionsPerAddress: Number.POSITIVE_INFINITY,
    spoolBytes: 1024 ** 3,
  },
}

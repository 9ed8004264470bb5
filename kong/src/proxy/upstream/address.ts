import type { UpstreamTrust } from '../../tls/upstream-trust.ts'

/** Where a connection to an upstream goes. */
export interface Address {
  readonly ip: string
  readonly port: number
  /** Of a TLS connection; undefined is plain TCP. */
  readonly tls: { readonly serverName: string; readonly trust: UpstreamTrust } | undefined
  /** Whether HTTP/2 is spoken there, as gRPC wants it. */
  readonly http2: boolean
}

/** Connections with the same key may stand in for each other. */
export function addressKey({ ip, port, tls }: Address): string {
  return tls ? `${ip}|${port}|${tls.serverName}|${tls.trust.key}` : `${ip}|${port}`
}

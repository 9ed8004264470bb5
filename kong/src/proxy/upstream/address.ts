/** Where a connection to an upstream goes. */
export interface Address {
  readonly ip: string
  readonly port: number
  /** Of a TLS connection; undefined is plain TCP. */
  readonly tls: { readonly serverName: string; readonly verify: boolean } | undefined
}

/** Connections with the same key may stand in for each other. */
export function addressKey({ ip, port, tls }: Address): string {
  return tls ? `${ip}|${port}|${tls.serverName}|${tls.verify}` : `${ip}|${port}`
}

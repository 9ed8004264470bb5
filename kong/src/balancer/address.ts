/** One address that requests may go to: a target given by address, or one record of a target given by name. */
export interface Address {
  readonly ip: string
  readonly port: number
  readonly weight: number
  /** The target's name or address, without port. */
  readonly host: string
  /** Whether health checks let requests go there. */
  available: boolean
  /** Requests under way. */
  connections: number
}

export const addressName = ({ ip, port }: { ip: string; port: number }): string =>
  ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`

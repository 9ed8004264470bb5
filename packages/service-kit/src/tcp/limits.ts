import { MAX_MESSAGE_LENGTH } from './frames.ts'

/** What a client may cost a TCP server. Messages carry tokens, connections do not: the first accepted one vouches. */
export interface TcpLimits {
  /** Open connections in all. */
  readonly connections: number
  /** Open connections from one address. */
  readonly connectionsPerAddress: number
  /** UTF-16 code units of a message. */
  readonly messageLength: number
  /** The same before the connection has authenticated: no route needs so much. */
  readonly unauthenticatedLength: number
  /** Milliseconds without an accepted message until a connection that has not authenticated is closed. */
  readonly unauthenticatedMs: number
  /** Messages of one connection that are worked on at once; one until it has authenticated. */
  readonly inFlight: number
  /** Milliseconds without a byte until a connection that stops in the middle of a message is closed. */
  readonly stalledMs: number
}

export const defaultLimits: TcpLimits = {
  connections: 1000,
  connectionsPerAddress: 256,
  messageLength: MAX_MESSAGE_LENGTH,
  unauthenticatedLength: 64 * 1024,
  unauthenticatedMs: 10_000,
  inFlight: 256,
  stalledMs: 30_000,
}

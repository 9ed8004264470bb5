/** What a client may cost; each a setting with a default that suits a browser. */
export interface WebSocketLimits {
  /** Connections of this process. */
  readonly connections: number
  /** Connections of one user to this process. */
  readonly connectionsPerUser: number
  /** Bytes of one message from a client. */
  readonly messageBytes: number
  /** Messages of one client in a minute. */
  readonly messagesPerMinute: number
  /** Bytes that may wait for a client that does not read. */
  readonly waitingBytes: number
  /** How often a client is asked whether it is still there; it is gone when it has not answered by the next time. */
  readonly heartbeatMs: number
}

export const defaultLimits: WebSocketLimits = {
  connections: 10_000,
  connectionsPerUser: 20,
  messageBytes: 4096,
  messagesPerMinute: 60,
  waitingBytes: 256 * 1024,
  heartbeatMs: 20_000,
}

/**
 * Why a server closes a connection (RFC 6455, section 7.4.1, and the registry of close codes). `unauthorized` is what a
 * 401 is to a request: the client may come back with a new ticket.
 */
export const closeCodes = { policy: 1008, restart: 1012, tryAgain: 1013, unauthorized: 3000 } as const

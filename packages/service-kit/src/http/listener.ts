import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import type { WebSocketEndpoint } from '../websocket/endpoint.ts'

/** What a client may cost the HTTP listener of a service; Node's names where it has them. */
export interface ListenerLimits {
  /** Open connections, WebSockets included; further ones are closed at once. */
  readonly maxConnections: number
  /** Milliseconds for the head of a request, from its first byte or from the opening of the connection. */
  readonly headersTimeout: number
  /** Milliseconds for a whole request. The gateway buffers bodies, so that slow clients do not count here. */
  readonly requestTimeout: number
  /** Milliseconds between two checks of these times. */
  readonly connectionsCheckingInterval: number
}

/** Room for the 10,000 WebSockets that `websocket/limits.ts` allows, and for requests beside them. */
const defaultLimits: ListenerLimits = {
  maxConnections: 12_000,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1000,
}

/** The HTTP server of a service, not listening yet. A request it cannot parse is answered 400 and reaches no handler. */
export function createListener(
  app: Hono,
  options: {
    readonly hostname: string
    readonly webSockets?: WebSocketEndpoint | undefined
    readonly limits?: Partial<ListenerLimits>
  },
): Server {
  const { hostname, webSockets } = options
  const { maxConnections, ...times } = { ...defaultLimits, ...options.limits }
  const server = createServer(times, getRequestListener(app.fetch, { hostname }))
  server.maxConnections = maxConnections
  if (webSockets) server.on('upgrade', webSockets.upgrade)
  return server
}

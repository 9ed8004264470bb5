import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { AppError } from '../app-error.ts'
import { pathsOf } from '../http/implement.ts'
import { problemOf } from '../http/problem.ts'
import { requestIdsOf } from '../http/request-ids.ts'
import type { Log } from '../log.ts'
import { Counter, Gauge, type Metrics } from '../metrics.ts'
import { type Connection, watchOver } from './connection.ts'
import { closeCodes, defaultLimits, type WebSocketLimits } from './limits.ts'

export interface WebSocketOptions {
  /** As in the contract; it answers without `/v1` too. */
  readonly path: string
  /** Decides who may open it. @throws AppError, which is told as a problem document before anything is upgraded */
  readonly admit: (query: URLSearchParams) => Promise<Admitted>
  readonly log: Log
  readonly metrics: Metrics
  readonly limits?: Partial<WebSocketLimits>
}

/** Who may open a connection, and what becomes of it then. */
export interface Admitted {
  readonly userId: string
  /** When the connection is closed (3000), unless the client does it before. */
  readonly until: Date
  /** @returns what to do once the connection is closed */
  readonly opened: (connection: Connection) => () => void
}

export interface WebSocketEndpoint {
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** Tells every client that the server goes (1012), so that it comes back elsewhere, and waits for them briefly. */
  close(): Promise<void>
}

const CLOSE_MS = 1000

/** A WebSocket (RFC 6455) that only who authenticates may open, within limits. */
export function createWebSocketEndpoint(options: WebSocketOptions): WebSocketEndpoint {
  const limits = { ...defaultLimits, ...options.limits }
  const server = new WebSocketServer({ noServer: true, maxPayload: limits.messageBytes, perMessageDeflate: false })
  const openOf = new Map<string, number>()
  const refused = measure(options.metrics, () => server.clients.size)
  let closing = false

  const admit = async (request: IncomingMessage): Promise<Admitted> => {
    const url = urlOf(request)
    if (!pathsOf(options.path).includes(url.pathname)) throw new AppError('not_found')
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') throw new AppError('upgrade_required')
    if (closing || server.clients.size >= limits.connections) throw new AppError('unavailable')
    const admitted = await options.admit(url.searchParams)
    if ((openOf.get(admitted.userId) ?? 0) >= limits.connectionsPerUser) throw new AppError('too_many_attempts')
    return admitted
  }

  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    socket.on('error', () => socket.destroy())
    const { requestId, correlationId } = requestIdsOf((name) => request.headers[name]?.toString())
    try {
      const { userId, until, opened } = await admit(request)
      server.handleUpgrade(request, socket, head, (webSocket) => {
        openOf.set(userId, (openOf.get(userId) ?? 0) + 1)
        const closed = opened(watchOver(webSocket, { userId, until }, limits))
        options.log.debug({ requestId, userId }, 'WebSocket opened')
        webSocket.once('close', (code) => {
          const left = (openOf.get(userId) ?? 1) - 1
          if (left > 0) openOf.set(userId, left)
          else openOf.delete(userId)
          options.log.debug({ requestId, userId, code }, 'WebSocket closed')
          closed()
        })
      })
    } catch (error) {
      refused.inc()
      if (!(error instanceof AppError)) options.log.error({ err: error, requestId }, 'unexpected error')
      refuse(socket, error instanceof AppError ? error : new AppError('internal'), correlationId)
    }
  }

  return {
    upgrade: (request, socket, head) => void upgrade(request, socket, head),
    async close() {
      closing = true
      const gone = [...server.clients].map((client) => new Promise((resolve) => client.once('close', resolve)))
      for (const client of server.clients) client.close(closeCodes.restart, 'the service restarts')
      const late = setTimeout(() => {
        for (const client of server.clients) client.terminate()
      }, CLOSE_MS)
      await Promise.all(gone)
      clearTimeout(late)
    },
  }
}

/** @throws AppError invalid_request for a target that is not a plain path and query, such as `//[` */
function urlOf({ url: target = '' }: IncomingMessage): URL {
  const url = /^\/[^#\\]*$/.test(target) ? URL.parse(`http://localhost${target}`) : null
  if (!url) throw new AppError('invalid_request', 'The request target is not a path.')
  return url
}

/** Says no in HTTP, on a connection that is not a WebSocket yet. */
function refuse(socket: Duplex, error: AppError, correlationId: string): void {
  const problem = problemOf(error.code, correlationId, error.message, error.fields)
  const body = JSON.stringify(problem)
  const headers = {
    'Content-Type': 'application/problem+json',
    'Content-Length': String(Buffer.byteLength(body)),
    'X-Request-Id': correlationId,
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
    Connection: 'close',
    ...(error.code === 'upgrade_required' && { Upgrade: 'websocket' }),
    ...error.headers,
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  // The HTTP server no longer times this socket out: a client that never closes its side would keep it.
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n${body}`)
}

function measure({ registry }: Metrics, open: () => number): Counter {
  new Gauge({
    name: 'websocket_connections',
    help: 'Open WebSockets',
    registers: [registry],
    collect() {
      this.set(open())
    },
  })
  return new Counter({
    name: 'websocket_refused_total',
    help: 'WebSockets that were not opened',
    registers: [registry],
  })
}

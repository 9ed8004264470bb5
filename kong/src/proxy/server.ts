import type { AddressInfo, Server, Socket } from 'node:net'
import type { Worker } from '../exchange.ts'
import type { Identity } from '../tls/default-certificate.ts'
import type { ServerCertificates } from '../tls/server-certificates.ts'
import { type Connection, connectionFor } from './client-protocols.ts'
import { ConnectionLimits } from './connection-limits.ts'
import type { AccessLog, ServerContext } from './context.ts'
import { UpstreamSessions } from './http2/upstream-sessions.ts'
import type { Line } from './line.ts'
import { createPlainServer, createTlsServer, type SpokenProtocol } from './listeners.ts'
import type { ProxySettings } from './settings.ts'
import { SpoolBudget } from './spool-budget.ts'
import { trustedAddresses } from './trusted-addresses.ts'
import { ConnectionPool } from './upstream/pool.ts'

export interface ProxyServerOptions {
  /** The line in force; asked for once per request. */
  readonly current: () => Line
  /** The certificates in force; asked for once per handshake. */
  readonly certificates: () => ServerCertificates
  readonly settings: ProxySettings
  readonly worker: Worker
  readonly accessLog?: AccessLog | undefined
}

/** What is spoken on a port besides HTTP/1.1. */
export interface ListenHow {
  /** TLS, with these certificates for names that the configuration has none for. */
  readonly identity?: Identity
  readonly http2?: boolean
}

export interface ProxyServer {
  /** Opens a port; may be called for several. Answers the port, which matters where 0 was asked for. */
  listen(host: string, port: number, how?: ListenHow): Promise<number>
  /** How many clients are connected, and how many were accepted and refused since the start. */
  readonly connections: { readonly active: number; readonly accepted: number; readonly refused: number }
  /** Bytes of request bodies that are kept at present. */
  readonly spooledBytes: number
  /** Stops accepting, lets requests under way finish for so many milliseconds, then cuts off what is left. */
  close(options: { readonly graceMs: number }): Promise<void>
}

/** Refused connections per line of the log. */
const refusalsPerLine = 1000

/** Makes the server of the data path: HTTP/1.1 on node:net and HTTP/2 on node:http2, as nginx is seen to do them. */
export function createProxyServer(options: ProxyServerOptions): ProxyServer {
  const { current, certificates, settings, worker, accessLog } = options
  const { realIpHeader, realIpRecursive, trustedIps } = settings
  const { headerTimeout: handshakeTimeout } = settings.client
  const pool = new ConnectionPool(settings.upstreamKeepalive)
  const sessions = new UpstreamSessions(settings.upstreamKeepalive)
  const realIp = { realIpHeader, realIpRecursive, isTrusted: trustedAddresses(trustedIps) }
  const spoolBudget = new SpoolBudget(settings.limits.spoolBytes)
  const context: ServerContext = { current, settings, realIp, worker, pool, sessions, spoolBudget, accessLog }
  const limits = new ConnectionLimits({ ...settings.limits, isTrusted: realIp.isTrusted })
  const listeners: Server[] = []
  const open = new Set<Connection>()
  const sockets = new Set<Socket>()

  let accepted = 0

  let refused = 0

  function admit(socket: Socket): boolean {
    const admitted = (!limits.full || dropIdle(sockets, open)) && limits.admit(socket)
    if (!admitted) {
      // One line for many refusals: a flood of connections must not become a flood of logs.
      if (refused % refusalsPerLine === 0) worker.log.warn('a connection was refused', { by: 'limit', refused })
      refused++
      return false
    }
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    return true
  }

  async function accept(socket: Socket, protocol: SpokenProtocol): Promise<void> {
    accepted++
    const connection = connectionFor(socket, protocol, context)
    open.add(connection)
    await connection.run()
    open.delete(connection)
  }

  return {
    async listen(host, port, { identity, http2 = false } = {}) {
      const server = identity
        ? createTlsServer({ identity, http2, certificates, handshakeTimeout }, { admit, accept })
        : createPlainServer({ http2 }, { admit, accept })
      await listening(server, host, port)
      server.on('error', (error) => worker.log.error('a listener failed', { error: String(error) }))
      listeners.push(server)
      return (server.address() as AddressInfo).port
    },
    get spooledBytes() {
      return spoolBudget.used
    },
    get connections() {
      return { active: open.size, accepted, refused }
    },
    async close({ graceMs }) {
      const closed = listeners.map((server) => new Promise((resolve) => server.close(resolve)))
      for (const connection of open) connection.finish()
      const cut = setTimeout(() => {
        for (const connection of open) connection.destroy()
        for (const socket of sockets) socket.destroy()
      }, graceMs)
      await Promise.all(closed)
      clearTimeout(cut)
      pool.close()
      sessions.close()
    },
  }
}

/**
 * Makes room as nginx does: closes the oldest connection on which no request has begun. Answers whether there was one.
 * Source: nginx 1.25, ngx_drain_connections.
 */
function dropIdle(sockets: ReadonlySet<Socket>, open: ReadonlySet<Connection>): boolean {
  for (const socket of sockets) {
    if (socket.bytesRead > 0 || socket.destroyed) continue
    socket.destroy()
    return true
  }
  for (const connection of open) {
    if (!connection.idle) continue
    connection.destroy()
    return true
  }
  return false
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

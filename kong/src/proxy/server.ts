import type { AddressInfo } from 'node:net'
import net from 'node:net'
import type { Worker } from '../exchange.ts'
import { ClientConnection } from './client-connection.ts'
import type { ServerContext } from './context.ts'
import type { Line } from './line.ts'
import type { ProxySettings } from './settings.ts'
import { trustedAddresses } from './trusted-addresses.ts'
import { ConnectionPool } from './upstream/pool.ts'

export interface ProxyServerOptions {
  /** The line in force; asked for once per request. */
  readonly current: () => Line
  readonly settings: ProxySettings
  readonly worker: Worker
}

export interface ProxyServer {
  /** Opens a port; may be called for several. Answers the port, which matters where 0 was asked for. */
  listen(host: string, port: number): Promise<number>
  /** How many clients are connected, and have been since the start. */
  readonly connections: { readonly active: number; readonly accepted: number }
  /** Stops accepting, lets requests under way finish for so many milliseconds, then cuts off what is left. */
  close(options: { readonly graceMs: number }): Promise<void>
}

/** Makes the server of the data path: HTTP/1.1 on node:net, with nginx's observable behaviour. */
export function createProxyServer({ current, settings, worker }: ProxyServerOptions): ProxyServer {
  const { realIpHeader, realIpRecursive, trustedIps } = settings
  const pool = new ConnectionPool(settings.upstreamKeepalive)
  const realIp = { realIpHeader, realIpRecursive, isTrusted: trustedAddresses(trustedIps) }
  const context: ServerContext = { current, settings, realIp, worker, pool }
  const listeners: net.Server[] = []
  const open = new Set<ClientConnection>()

  let accepted = 0

  async function accept(socket: net.Socket): Promise<void> {
    accepted++
    const connection = new ClientConnection(socket, context)
    open.add(connection)
    await connection.run()
    open.delete(connection)
  }

  return {
    async listen(host, port) {
      const server = net.createServer({ allowHalfOpen: true }, (socket) => void accept(socket))
      await listening(server, host, port)
      server.on('error', (error) => worker.log.error('a listener failed', { error: String(error) }))
      listeners.push(server)
      return (server.address() as AddressInfo).port
    },
    get connections() {
      return { active: open.size, accepted }
    },
    async close({ graceMs }) {
      const closed = listeners.map((server) => new Promise((resolve) => server.close(resolve)))
      for (const connection of open) connection.finish()
      const cut = setTimeout(() => {
        for (const connection of open) connection.destroy()
      }, graceMs)
      await Promise.all(closed)
      clearTimeout(cut)
      pool.close()
    },
  }
}

function listening(server: net.Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

import type { Socket } from 'node:net'
import type { SocketReader } from './socket-reader.ts'
import { drained, flushed } from './socket-writer.ts'

/** One side of a tunnel. */
export interface TunnelEnd {
  readonly socket: Socket
  readonly reader: SocketReader
}

/** How long one side of a tunnel may keep the other waiting, in milliseconds. */
export interface TunnelLimits {
  /** Those of the service. */
  readonly read: number
  readonly write: number
  /** For the client to take what is sent to it. */
  readonly send: number
}

/**
 * Passes bytes both ways until one side ends. The connection to the upstream is of no use afterwards. A client may be
 * silent for as long as the upstream is not. Source: nginx 1.25, ngx_http_upstream_process_upgraded.
 */
export async function tunnel(client: TunnelEnd, upstream: TunnelEnd, limits: TunnelLimits): Promise<void> {
  const { read, write, send } = limits
  client.reader.onGone = undefined
  const up = pump(client.reader, upstream.socket, { idle: 0, write })
  const down = pump(upstream.reader, client.socket, { idle: read, write: send })
  // What fails second has nobody to tell it to.
  for (const direction of [up, down]) direction.catch(() => undefined)
  await Promise.race([up, down]).catch(() => undefined)
  client.socket.end()
  upstream.socket.end()
  // What was written already still arrives.
  await flushed(upstream.socket, write).catch(() => undefined)
}

async function pump(from: SocketReader, to: Socket, limits: { idle: number; write: number }): Promise<void> {
  for (let bytes = await from.read(limits.idle); bytes; bytes = await from.read(limits.idle)) {
    to.write(bytes)
    if (to.writableNeedDrain) await drained(to, limits.write)
  }
}

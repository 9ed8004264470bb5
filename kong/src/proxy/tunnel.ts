import type { Socket } from 'node:net'
import type { ClientSide } from './serve-request.ts'
import type { SocketReader } from './socket-reader.ts'
import { drained, flushed } from './socket-writer.ts'
import type { UpstreamAnswer } from './upstream/attempt.ts'

/** How long one side of a tunnel may keep the other waiting, in milliseconds; those of the service. */
export interface TunnelLimits {
  readonly read: number
  readonly write: number
}

const defaults: TunnelLimits = { read: 60_000, write: 60_000 }

/**
 * Passes bytes both ways until one side ends. The connection to the upstream is of no use afterwards. A client may be
 * silent for as long as the upstream is not. Source: nginx 1.25, ngx_http_upstream_process_upgraded.
 */
export async function tunnel(
  client: ClientSide,
  { connection }: UpstreamAnswer,
  { read, write } = defaults,
): Promise<void> {
  const { socket, reader, context } = client
  reader.onGone = undefined
  const up = pump(reader, connection.socket, { idle: 0, write })
  const down = pump(connection.reader, socket, { idle: read, write: context.settings.client.sendTimeout })
  // What fails second has nobody to tell it to.
  for (const direction of [up, down]) direction.catch(() => undefined)
  await Promise.race([up, down]).catch(() => undefined)
  socket.end()
  connection.socket.end()
  // What was written already still arrives.
  await flushed(connection.socket, write).catch(() => undefined)
}

async function pump(from: SocketReader, to: Socket, limits: { idle: number; write: number }): Promise<void> {
  for (let bytes = await from.read(limits.idle); bytes; bytes = await from.read(limits.idle)) {
    to.write(bytes)
    if (to.writableNeedDrain) await drained(to, limits.write)
  }
}

import type { Socket } from 'node:net'
import type { ClientSide } from './serve-request.ts'
import type { SocketReader } from './socket-reader.ts'
import { drained } from './socket-writer.ts'
import type { UpstreamAnswer } from './upstream/attempt.ts'

/** After so many milliseconds without a byte a tunnel is closed, unless its service says otherwise. */
const idleLimit = 60_000

/** Passes bytes both ways until one side ends. The connection to the upstream is of no use afterwards. */
export async function tunnel(client: ClientSide, { connection }: UpstreamAnswer, idle = idleLimit): Promise<void> {
  const { socket, reader } = client
  reader.onGone = undefined
  await Promise.race([pump(reader, connection.socket, idle), pump(connection.reader, socket, idle)]).catch(
    () => undefined,
  )
  socket.end()
  connection.destroy()
}

async function pump(from: SocketReader, to: Socket, idle: number): Promise<void> {
  for (let bytes = await from.read(idle); bytes; bytes = await from.read(idle)) {
    to.write(bytes)
    if (to.writableNeedDrain) await drained(to, idle)
  }
}

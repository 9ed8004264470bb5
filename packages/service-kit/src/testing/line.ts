import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A line to a server that can be cut, as if the server had been killed, and mended again. */
export interface Line {
  /** The server's URL by this line. */
  readonly url: string
  cut(): Promise<void>
  mend(): Promise<void>
  /** Nothing comes through the connections of now any more, and nobody is told; new ones work. */
  silence(): void
  close(): Promise<void>
}

/** Lays a line to the server of a URL, on a free port of loopback; `watch` sees what is sent to the server. */
export async function openLine(
  serverUrl: string,
  defaultPort: number,
  watch: (sent: Buffer) => void = () => undefined,
): Promise<Line> {
  const target = new URL(serverUrl)
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(target.port || defaultPort), target.hostname)
    near.on('data', watch)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  })
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const port = await listen(0)
  const cut = async () => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  const url = new URL(serverUrl)
  url.hostname = '127.0.0.1'
  url.port = String(port)
  const silence = () => {
    for (const socket of sockets) socket.unpipe().pause()
  }
  return { url: url.href, cut, silence, mend: async () => void (await listen(port)), close: cut }
}

import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A computer with a browser on it: what it sends reaches the gateway from an address of its own. */
export interface Computer {
  readonly url: string
  close(): Promise<void>
}

let computers = 0

/** Relays a port of loopback to the shop from another loopback address, so that each has its own rate limits (Linux). */
export async function newComputer(shopUrl: string): Promise<Computer> {
  computers += 1
  const localAddress = `127.9.${(computers >> 8) & 255}.${computers & 255}`
  const open = new Set<Socket>()
  const server = createServer((inside) => {
    const outside = connect({ host: '127.0.0.1', port: Number(new URL(shopUrl).port), localAddress })
    for (const socket of [inside, outside]) {
      open.add(socket)
      socket.on('close', () => open.delete(socket))
      socket.on('error', () => {
        inside.destroy()
        outside.destroy()
      })
    }
    inside.pipe(outside).pipe(inside)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, close: () => close(server, open) }
}

async function close(server: Server, open: ReadonlySet<Socket>): Promise<void> {
  for (const socket of open) socket.destroy()
  await new Promise((done) => server.close(done))
}

/** An upstream that does what the target asks for, mostly what no upstream should. */
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

type Behaviour = (socket: Socket, response: http.ServerResponse) => void

/** Each breaks an answer off or makes nonsense of it. */
const faults: Readonly<Record<string, Behaviour>> = {
  reset: (socket) => void socket.resetAndDestroy(),
  close: (socket) => void socket.destroy(),
  garbage: (socket) => void socket.end('nonsense\r\n\r\n'),
  half: (socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nhalf'),
  'half-head': (socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-'),
  chunks: (socket) => void socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n'),
  headers: (socket) => void socket.end(`HTTP/1.1 200 OK\r\n${'X-Y: z\r\n'.repeat(2000)}\r\n`),
  more: (socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more'),
  interim: (socket) => void socket.write('HTTP/1.1 102 Processing\r\n\r\n'.repeat(40)),
  upgrade: (socket) =>
    void socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'),
  silence: () => undefined,
}

/** The names of what it does wrong: each is a path `/fault/NAME`. */
export const faultNames = Object.keys(faults)

const largeBody = Buffer.alloc(4_000_000, 'large ')

/** Starts it; answers its port and how to stop it. `/echo/…` answers right, `/large` with 4 MB, `/slow` a little late. */
export async function startMisbehavingUpstream(): Promise<{ port: number; stop(): void }> {
  const server = http.createServer({ keepAliveTimeout: 5000 }, (request, response) => {
    const { url = '', socket } = request
    const fault = faults[/^\/fault\/([a-z-]+)/.exec(url)?.[1] ?? '']
    if (fault) return fault(socket, response)
    let received = 0
    request.on('error', () => undefined)
    request.on('data', (chunk: Buffer) => {
      received += chunk.length
    })
    request.on('end', () => {
      if (url.startsWith('/large')) response.end(largeBody)
      else if (url.startsWith('/slow')) setTimeout(() => response.end(`${url} ${received}`), 50)
      else response.end(`${url} ${received}`)
    })
  })
  server.on('clientError', (_, socket) => socket.destroy())
  server.on('upgrade', (_, socket) => {
    socket.on('error', () => undefined)
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}

import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A small real server that answers with its name; `/slow` only once it is told to. */
export interface TestUpstream {
  /** `host:port`. */
  readonly target: string
  /** Requests that wait for `release`. */
  waiting(): number
  release(): void
  close(): Promise<void>
}

export async function startUpstream(name: string): Promise<TestUpstream> {
  const held: ServerResponse[] = []
  const server = createServer((request, response) => {
    if (request.url === '/slow') held.push(response)
    else response.end(name)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    target: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    waiting: () => held.length,
    release() {
      for (const response of held.splice(0)) response.end(name)
    },
    async close() {
      if (!server.listening) return
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

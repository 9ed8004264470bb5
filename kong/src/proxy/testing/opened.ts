import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach } from 'vitest'
import { startProxy, startTcp, TestClient, type TestProxy } from './proxy.ts'

/** What a test opens: closed again after it, the last first. To be called once per file. */
export function opener() {
  const open: { close(): Promise<void> | void }[] = []
  afterEach(async () => {
    for (const thing of open.splice(0).reverse()) await thing.close()
  })

  return {
    async proxy(...given: Parameters<typeof startProxy>): Promise<TestProxy> {
      const started = await startProxy(...given)
      open.push(started)
      return started
    },

    /** An HTTP server of Node's; answers its port. */
    async upstream(serve: http.RequestListener): Promise<number> {
      const server = http.createServer({ keepAliveTimeout: 60_000 }, serve)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      open.push({
        async close() {
          server.closeAllConnections()
          await new Promise((resolve) => server.close(resolve))
        },
      })
      return (server.address() as AddressInfo).port
    },

    async tcp(serve: Parameters<typeof startTcp>[0]) {
      const started = await startTcp(serve)
      open.push(started)
      return started
    },

    client(port: number): TestClient {
      const connected = new TestClient(port)
      open.push({ close: () => void connected.socket.destroy() })
      return connected
    },
  }
}

/** The text of a GET; `headers` are whole lines. */
export const get = (path: string, headers = ''): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`

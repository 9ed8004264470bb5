import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import * as contract from '@portico/contracts'
import { pathsOf } from '@portico/service-kit'
import type { Hono } from 'hono'

type Served = Pick<contract.Route, 'id' | 'method' | 'path' | 'access'>

const live: Served = { id: 'openLive', method: 'GET', path: contract.LIVE_ORDERS_PATH, access: 'user' }

/** The routes of each service behind the gateway, in the order in which it mounts them. */
export const servedBy: Readonly<Record<string, readonly Served[]>> = {
  user: contract.userRoutes,
  product: [...contract.productRoutes, ...contract.catalogueV2Routes, ...contract.productAdminRoutes],
  order: [live, ...contract.orderRoutes, ...contract.orderAdminRoutes],
  payment: [...contract.paymentRoutes, ...contract.paymentAdminRoutes],
  storefront: contract.storefrontRoutes,
}

/** Names the handler that a service would run for a request. */
export const HANDLER = 'x-handler'

/** Mounts the routes of a service as `implement` does; instead of doing anything, each handler says its name. */
export function mountHandlers(app: Hono, service: string): Hono {
  // Asked by the gateway's health checks.
  app.get('/readyz', (c) => c.text('ready'))
  for (const { id, method, path } of servedBy[service] ?? []) {
    for (const each of pathsOf(path)) app.on(method, each, (c) => c.body(null, 204, { [HANDLER]: `${service}.${id}` }))
  }
  return app
}

export interface ServedApp {
  readonly port: number
  stop(): Promise<void>
}

/** Serves an app as services do, on a free port. */
export async function serveApp(app: Hono): Promise<ServedApp> {
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAuthentication, createListener, createLog } from '@portico/service-kit'
import { sendHostileRequests } from '@portico/service-kit/testing'
import { afterEach, expect, it } from 'vitest'
import { TrafficMemory } from './admin/history.ts'
import { createStorefrontApp } from './app.ts'
import { connectParts } from './parts.ts'
import { connectSessions } from './web-sessions/sessions.ts'

const nobody = 'http://127.0.0.1:9'
const log = createLog('test', 'silent')
let server: Server

afterEach(() => {
  server.closeAllConnections()
  server.close()
})

it('survives hostile requests', async () => {
  const app = createStorefrontApp({
    parts: connectParts({ orderUrl: nobody, userUrl: nobody }, log),
    sessions: connectSessions(nobody),
    authentication: createAuthentication({ accessToken: () => Promise.reject(new Error('not asked for here')) }),
    operations: { services: {}, audit: {}, sources: [], memory: new TrafficMemory([]) },
    files: new Map(),
    log,
  })
  server = createListener(app, { hostname: '127.0.0.1' }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await sendHostileRequests(port, ['/v1/web/sessions', '/web/sessions/refresh', '/assets/x', '/shop/x', '/v1/orders'])
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
})

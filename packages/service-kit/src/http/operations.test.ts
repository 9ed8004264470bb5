import { expect, it } from 'vitest'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import { createApp } from './app.ts'

const app = createApp({
  ...{ service: 'test', version: '1', log: createLog('test', 'silent'), metrics: createMetrics('test'), routes: [] },
  ...{ required: { store: async () => true }, accepting: () => true },
})
const paths = ['/healthz', '/readyz', '/metrics', '/openapi.json']

it.each(paths)('answers %s to callers inside the network', async (path) => {
  const response = await app.request(path, { headers: { 'x-request-id': 'r-1', 'user-agent': 'probe' } })
  expect(response.status).toBe(200)
})

it.each(paths)('treats %s as unknown when a gateway forwarded the request', async (path) => {
  for (const headers of [{ 'x-forwarded-for': '192.0.2.1' }, { 'x-forwarded-for': '' }, { via: '1.1 kong/3.9.1' }]) {
    const response = await app.request(path, { headers })
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
    expect((await app.request(path, { method: 'HEAD', headers })).status).toBe(404)
  }
})

it('is not ready while a required part does not answer, and says which', async () => {
  const down = createApp({
    ...{ service: 'test', version: '1', log: createLog('test', 'silent'), metrics: createMetrics('test'), routes: [] },
    ...{ required: { store: () => Promise.reject(new Error('away')) }, reported: { bus: async () => true } },
    accepting: () => true,
  })
  const response = await down.request('/readyz')
  expect(response.status).toBe(503)
  expect(await response.json()).toEqual({ status: 'not ready', checks: { store: 'down', bus: 'up' } })
})

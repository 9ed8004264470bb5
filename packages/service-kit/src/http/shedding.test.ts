import { beforeEach, expect, it } from 'vitest'
import { createLog } from '../log.ts'
import { createMetrics, type Metrics } from '../metrics.ts'
import { createApp } from './app.ts'

let metrics: Metrics
let release: () => void
let app: ReturnType<typeof createApp>

beforeEach(() => {
  metrics = createMetrics('test')
  app = createApp({
    service: 'test',
    version: '1',
    log: createLog('test', 'silent'),
    metrics,
    routes: [],
    required: {},
    accepting: () => true,
    maxInFlight: 2,
  })
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  app.get('/slow', async (c) => {
    await released
    return c.text('done')
  })
  app.get('/fails', () => {
    throw new Error('fails')
  })
})

it('turns away what comes while too much is under way, and takes requests again when there is room', async () => {
  const underWay = [app.request('/slow'), app.request('/slow')]
  const refused = await app.request('/slow')
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(await refused.json()).toMatchObject({ type: 'urn:portico:problem:unavailable' })
  release()
  expect((await Promise.all(underWay)).map(({ status }) => status)).toEqual([200, 200])
  expect((await app.request('/slow')).status).toBe(200)
})

it('always answers how it is, and counts what it turned away', async () => {
  const underWay = [app.request('/slow'), app.request('/slow')]
  await app.request('/slow')
  for (const path of ['/healthz', '/readyz', '/metrics']) expect((await app.request(path)).status).toBe(200)
  const text = await metrics.text()
  expect(text).toMatch(/^http_requests_in_flight\{.*\} 2$/m)
  expect(text).toMatch(/^http_requests_shed_total\{.*\} 1$/m)
  release()
  await Promise.all(underWay)
})

it('has room again after a failure', async () => {
  for (let i = 0; i < 3; i++) expect((await app.request('/fails')).status).toBe(500)
})

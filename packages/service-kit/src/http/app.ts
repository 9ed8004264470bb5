import type { Route } from '@portico/contracts'
import { Hono } from 'hono'
import { routePath } from 'hono/route'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { newId } from '../ids.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { openApiDocument } from './openapi.ts'
import { onError, sendProblem } from './problem.ts'
import { shedLoad } from './shedding.ts'

declare module 'hono' {
  interface ContextVariableMap {
    requestId: string
  }
}

/** Asks whether a part answers; rejects or says false when not. */
export type Check = () => Promise<unknown>

export interface AppOptions {
  readonly service: string
  readonly version: string
  readonly log: Log
  readonly metrics: Metrics
  readonly routes: readonly Route[]
  /** What must answer for the service to be ready: its own datastore. */
  readonly required: Readonly<Record<string, Check>>
  /** What is only reported: the bus, other services. */
  readonly reported?: Readonly<Record<string, Check>>
  /** False once the service is shutting down. */
  readonly accepting: () => boolean
  /** Requests under way at once; more are turned away. Without it all are taken. */
  readonly maxInFlight?: number | undefined
}

const CHECK_TIMEOUT_MS = 1000

/** A Hono app with what every service has: request ids, access log, metrics, problem documents, health, OpenAPI. */
export function createApp(options: AppOptions): Hono {
  const { log, metrics } = options
  // Its fields are all made here: looking for secrets in them would cost as much as writing the line.
  const access = log.child({}, { redact: [] })
  const app = new Hono()
  app.onError(onError(log))
  app.notFound((c) => sendProblem(c, 'not_found', `Nothing answers ${c.req.method} ${c.req.path} here.`))
  app.use(async (c, next) => {
    const startedAt = performance.now()
    c.set('requestId', requestIdOf(c.req.header('x-request-id')))
    c.header('x-request-id', c.get('requestId'))
    await next()
    const seconds = (performance.now() - startedAt) / 1000
    const route = routePath(c, -1)
    metrics.request(c.req.method, route, c.res.status, seconds)
    const entry = {
      requestId: c.get('requestId'),
      method: c.req.method,
      route,
      status: c.res.status,
      ms: Math.round(seconds * 1000),
    }
    if (quiet.has(c.req.path)) access.debug(entry, 'request')
    else access.info(entry, 'request')
  })
  if (options.maxInFlight !== undefined) app.use(shedLoad(options.maxInFlight, metrics, quiet))
  app.get('/healthz', (c) => c.json({ status: 'alive' }))
  app.get('/readyz', async (c) => {
    const [required, reported] = await Promise.all([runChecks(options.required), runChecks(options.reported ?? {})])
    const ready = options.accepting() && Object.values(required).every((state) => state === 'up')
    return c.json(
      { status: ready ? 'ready' : 'not ready', checks: { ...required, ...reported } },
      (ready ? 200 : 503) as ContentfulStatusCode,
    )
  })
  app.get('/metrics', async (c) => c.text(await metrics.text(), 200, { 'content-type': metrics.contentType }))
  const document = openApiDocument(`Portico ${options.service}`, options.version, options.routes)
  app.get('/openapi.json', (c) => c.json(document))
  return app
}

/** Asked every second or two by the gateway: not worth a line each. */
const quiet = new Set(['/healthz', '/readyz', '/metrics'])

/** The id that the gateway gave a request, or a new one. */
export function requestIdOf(given: string | undefined): string {
  return given && /^[\w.:#-]{1,128}$/.test(given) ? given : newId()
}

async function runChecks(checks: Readonly<Record<string, Check>>): Promise<Record<string, 'up' | 'down'>> {
  const entries = Object.entries(checks).map(async ([name, check]) => [name, await isUp(check)] as const)
  return Object.fromEntries(await Promise.all(entries))
}

async function isUp(check: Check): Promise<'up' | 'down'> {
  const timeout = AbortSignal.timeout(CHECK_TIMEOUT_MS)
  const late = new Promise<false>((resolve) => timeout.addEventListener('abort', () => resolve(false)))
  try {
    return (await Promise.race([check(), late])) === false ? 'down' : 'up'
  } catch {
    return 'down'
  }
}

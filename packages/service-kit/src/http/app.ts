import type { Route } from '@portico/contracts'
import { Hono } from 'hono'
import { routePath } from 'hono/route'
import { AccessRefused } from '../auth/authentication.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { createSecurityLog } from '../security-log.ts'
import { refuseOddTargets } from './normal-target.ts'
import { openApiDocument } from './openapi.ts'
import { type Check, polled, serveOperations } from './operations.ts'
import { onError, sendProblem } from './problem.ts'
import { type RequestIds, requestIdsOf } from './request-ids.ts'
import { shedLoad } from './shedding.ts'

declare module 'hono' {
  interface ContextVariableMap extends RequestIds {}
}

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

/** RFC 6797; sent only to browsers that came by HTTPS, as the gateway says: over plain HTTP it has no effect. */
const HTTPS_FOR_A_YEAR = 'max-age=31536000'

/** A Hono app with what every service has: request ids, access log, metrics, problem documents, health, OpenAPI. */
export function createApp(options: AppOptions): Hono {
  const { log, metrics } = options
  // Its fields are all made here: looking for secrets in them would cost as much as writing the line.
  const access = log.child({}, { redact: [] })
  const security = createSecurityLog(log, metrics)
  const app = new Hono()
  app.onError(onError(log))
  app.notFound((c) => sendProblem(c, 'not_found', `Nothing answers ${c.req.method} ${c.req.path} here.`))
  app.use(async (c, next) => {
    const startedAt = performance.now()
    const { requestId, correlationId } = requestIdsOf((name) => c.req.header(name))
    c.set('requestId', requestId)
    c.set('correlationId', correlationId)
    c.set('security', security)
    c.header('x-request-id', correlationId)
    c.header('x-content-type-options', 'nosniff')
    if (c.req.header('x-forwarded-proto') === 'https') c.header('strict-transport-security', HTTPS_FOR_A_YEAR)
    // The default, so that no cache shares an answer to one caller; a public answer removes or replaces it.
    c.header('cache-control', 'no-store')
    await next()
    const seconds = (performance.now() - startedAt) / 1000
    const route = routePath(c, -1)
    metrics.request(c.req.method, route, c.res.status, seconds)
    if (c.error instanceof AccessRefused) security.reportRefusal(c, c.error, route)
    const entry = {
      requestId,
      ...(correlationId !== requestId && { correlationId }),
      method: c.req.method,
      route,
      status: c.res.status,
      ms: Math.round(seconds * 1000),
    }
    if (polled.has(c.req.path)) access.debug(entry, 'request')
    else access.info(entry, 'request')
  })
  app.use(refuseOddTargets)
  if (options.maxInFlight !== undefined) app.use(shedLoad(options.maxInFlight, metrics, polled))
  serveOperations(app, {
    metrics,
    document: openApiDocument(`Portico ${options.service}`, options.version, options.routes),
    required: options.required,
    reported: options.reported ?? {},
    accepting: options.accepting,
  })
  return app
}

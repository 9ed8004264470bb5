import type { Context, Hono, MiddlewareHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Metrics } from '../metrics.ts'

/** Asks whether a part answers; rejects or says false when not. */
export type Check = () => Promise<unknown>

export interface Operations {
  readonly metrics: Metrics
  /** The OpenAPI document. */
  readonly document: object
  /** Must answer for the service to be ready: its own datastore. */
  readonly required: Readonly<Record<string, Check>>
  /** Only reported: the bus, other services. */
  readonly reported: Readonly<Record<string, Check>>
  /** False once the service is shutting down. */
  readonly accepting: () => boolean
}

const CHECK_TIMEOUT_MS = 1000

/** Polled every few seconds by the gateway, Prometheus or other services: logged at debug level, never shed. */
export const polled: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics', '/.well-known/jwks.json'])

/**
 * Serves the operational endpoints to callers inside the network. Through the gateway they answer 404 like any unknown
 * path, whatever the path was spelled like there.
 */
export function serveOperations(app: Hono, { metrics, document, required, reported, accepting }: Operations): void {
  app.get('/healthz', hideFromClients, (c) => c.json({ status: 'alive' }))
  app.get('/readyz', hideFromClients, async (c) => {
    const [ofRequired, ofReported] = await Promise.all([runChecks(required), runChecks(reported)])
    const ready = accepting() && Object.values(ofRequired).every((state) => state === 'up')
    const status: ContentfulStatusCode = ready ? 200 : 503
    return c.json({ status: ready ? 'ready' : 'not ready', checks: { ...ofRequired, ...ofReported } }, status)
  })
  app.get('/metrics', hideFromClients, async (c) =>
    c.text(await metrics.text(), 200, { 'content-type': metrics.contentType }),
  )
  app.get('/openapi.json', hideFromClients, (c) => c.json(document))
}

const hideFromClients: MiddlewareHandler = async (c, next) => (isForwarded(c) ? c.notFound() : next())

/**
 * Whether the request passed a proxy. Kong sets both headers on every request it forwards, after removing those that
 * the client's Connection header names; its health checks, probes and Prometheus send neither.
 */
const isForwarded = (c: Context): boolean =>
  c.req.header('x-forwarded-for') !== undefined || c.req.header('via') !== undefined

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

import { type Balancer, NameLookUpFailed, NameNotResolved, NoPeer, type Peer } from '../balancer/balancer.ts'
import type { Service } from '../config/entities.ts'
import type { Exit } from '../plugins/plugin.ts'
import type { RequestPlugins } from '../plugins/runner.ts'
import { startSpan } from '../tracing/trace.ts'
import type { ServerContext } from './context.ts'
import type { Line } from './line.ts'
import type { LiveExchange } from './live-exchange.ts'
import { checkProtocol } from './protocol-check.ts'
import { askUpstream, TriesExhausted } from './tries.ts'
import type { UpstreamAnswer } from './upstream/attempt.ts'
import { upstreamPath } from './upstream-path.ts'
import { prepareProxying } from './upstream-request.ts'

/** What a request comes to: an answer of the gateway's own, or one of the upstream that is still to be read. */
export type Reply =
  | { readonly kind: 'exit'; readonly exit: Exit; readonly source: 'exit' | 'error' }
  | { readonly kind: 'failure'; readonly status: 502 | 504; readonly peer: Peer }
  /** The client's body broke the rules or a limit while it was read. */
  | { readonly kind: 'unreadable'; readonly status: 400 | 413 | 503 }
  /** The upstream sent the request back to the gateway again and again. */
  | { readonly kind: 'circle' }
  | { readonly kind: 'answer'; readonly answer: UpstreamAnswer; readonly peer: Peer }

const exitWith = (exit: Exit): Reply => ({ kind: 'exit', exit, source: 'exit' })

/** The straight line of one request: plugins, route, checks, plugins, upstream. */
export async function handle(
  exchange: LiveExchange,
  line: Line,
  plugins: RequestPlugins,
  context: ServerContext,
): Promise<Reply> {
  const early = await plugins.rewrite()
  if (early) return exitWith(early)
  const missed = findRoute(exchange, line)
  if (missed) return exitWith(missed)
  const late = await plugins.access()
  exchange.timings.accessEnd = performance.now()
  if (late) return exitWith(late)
  const { service } = exchange
  if (!service) return exitWith({ kind: 'error', status: 503, message: 'no Service found with those values' })
  return proxy(exchange, service, line.balancers.forService(service), context)
}

/** Puts the matching route into the exchange, or says why the request stops here. */
function findRoute(exchange: LiveExchange, line: Line): Exit | undefined {
  const { request } = exchange
  const { method, rawPath, port, scheme, sni, headers } = request
  const routed = startSpan(exchange, 'router', 'kong.router')
  const match = line.router.match({ method, rawPath, host: headers.get('host'), port, scheme, sni, headers })
  routed?.()
  if (!match) return { kind: 'error', status: 404, message: 'no Route matched with those values' }
  const { route, service } = match
  const refusal = checkProtocol(route, request)
  if (refusal) return refusal
  exchange.match = match
  exchange.route = route
  exchange.service = service
  exchange.upstream.path = upstreamPath({
    base: service?.path ?? null,
    path: match.path,
    matched: match.matchedPath,
    strip: route.strip_path,
  })
  if (service) exchange.upstream.scheme = schemeOf(service)
  return undefined
}

function schemeOf({ protocol }: Service): 'http' | 'https' | 'grpc' | 'grpcs' {
  return protocol === 'https' || protocol === 'grpc' || protocol === 'grpcs' ? protocol : 'http'
}

/** Source: nginx 1.25, NGX_HTTP_MAX_URI_CHANGES. */
const redirectLimit = 10

/**
 * Asks the upstream. An answer with X-Accel-Redirect makes nginx send the request through Kong again, which routes it
 * by its first target: in effect the same upstream is asked anew.
 */
async function proxy(
  exchange: LiveExchange,
  service: Service,
  balancer: Balancer,
  context: ServerContext,
): Promise<Reply> {
  try {
    for (let redirects = 0; redirects <= redirectLimit; redirects++) {
      const proxying = await prepareProxying(exchange, service, balancer, context)
      const { answer, peer } = await askUpstream(proxying)
      exchange.timings.upstreamHeaders = performance.now()
      if (!answer.head.headers.get('x-accel-redirect')) return { kind: 'answer', answer, peer }
      answer.finish()
      peer.release()
      if (exchange.upstream.method !== 'HEAD') exchange.upstream.method = 'GET'
    }
    return { kind: 'circle' }
  } catch (error) {
    if (error instanceof TriesExhausted) return { kind: 'failure', status: error.status, peer: error.peer }
    if (error instanceof NoPeer) return noPeer('failure to get a peer from the ring-balancer')
    if (error instanceof NameNotResolved) return noPeer('name resolution failed')
    if (error instanceof NameLookUpFailed) return exitWith({ kind: 'error', status: 500, message: error.message })
    throw error
  }
}

const noPeer = (message: string): Reply => exitWith({ kind: 'error', status: 503, message })

import type { Balancer, Peer } from '../balancer/balancer.ts'
import type { Service } from '../config/entities.ts'
import { trustOf } from '../tls/upstream-trust.ts'
import { wholeBody } from './body-source.ts'
import type { ServerContext } from './context.ts'
import type { LiveExchange } from './live-exchange.ts'
import type { Proxying } from './tries.ts'
import type { Address } from './upstream/address.ts'
import type { UpstreamMessage } from './upstream/attempt.ts'
import { type SentBody, upstreamHeaders, wantsWebSocket } from './upstream-head.ts'

/**
 * Makes what the tries need out of the exchange as plugins left it. Where the route buffers requests, the whole body
 * is read first, so that it can be sent again.
 * @throws BodyUnreadable
 */
export async function prepareProxying(
  exchange: LiveExchange,
  service: Service,
  balancer: Balancer,
  { pool, sessions, settings }: ServerContext,
): Promise<Proxying> {
  const { request, upstream, route } = exchange
  const { received, cancellation } = request
  exchange.timings.upstreamStart = performance.now()
  // nginx passes on calls of gRPC as they come, since both sides may stream.
  const buffers = route?.request_buffering !== false && !overHttp2(upstream.scheme)
  if (received && upstream.body === undefined && buffers) await received.load()
  const sent = sentBody(exchange)
  const lines = upstreamHeaders(exchange, request, sent, settings.requestIdToUpstream)
  const target = upstream.query === undefined ? upstream.path : `${upstream.path}?${upstream.query}`
  return {
    exchange,
    service,
    balancer,
    pool,
    sessions,
    cancellation,
    message: (peer) => ({
      method: upstream.method,
      target,
      host: hostHeader(exchange, peer),
      lines,
      body: bodySource(exchange, sent),
      chunked: sent === 'chunked',
      upgradable: wantsWebSocket(request),
    }),
    address: (peer) => ({
      ip: peer.ip,
      port: peer.port,
      tls: tlsOf(exchange, service, peer, balancer),
      http2: overHttp2(upstream.scheme),
    }),
    repeatable: () => upstream.body !== undefined || received === undefined || received.complete,
  }
}

function sentBody({ request: { received }, upstream: { body } }: LiveExchange): SentBody {
  if (body !== undefined) return { length: body.length }
  if (!received) return 'none'
  return received.length === undefined ? 'chunked' : { length: received.length }
}

function bodySource(
  { request: { received }, upstream: { body } }: LiveExchange,
  sent: SentBody,
): UpstreamMessage['body'] {
  if (sent === 'none' || (sent !== 'chunked' && sent.length === 0)) return undefined
  return body !== undefined ? wholeBody(body) : received?.source()
}

/** Whether upstreams of a scheme are asked over HTTP/2. */
const overHttp2 = (scheme: LiveExchange['upstream']['scheme']): boolean => scheme === 'grpc' || scheme === 'grpcs'

/** Source: Kong 3.9, kong-behaviour 2.7: a plugin's choice, the client's own where asked, else the peer's. */
function hostHeader({ route, request, upstream }: LiveExchange, { host, port }: Peer): string {
  if (upstream.hostHeader !== undefined) return upstream.hostHeader
  const own = route?.preserve_host ? request.headers.get('host') : undefined
  if (own !== undefined) return own
  const usual = upstream.scheme === 'https' || upstream.scheme === 'grpcs' ? 443 : 80
  return port === usual ? host : `${host}:${port}`
}

function tlsOf(exchange: LiveExchange, service: Service, peer: Peer, { clientCertificate }: Balancer): Address['tls'] {
  const { scheme } = exchange.upstream
  if (scheme !== 'https' && scheme !== 'grpcs') return undefined
  return {
    serverName: hostHeader(exchange, peer).replace(/:\d+$/, ''),
    trust: trustOf(service, exchange.configuration, clientCertificate),
  }
}

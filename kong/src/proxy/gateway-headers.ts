import type { Exchange } from '../exchange.ts'
import type { HeaderList } from '../headers.ts'
import type { ReceivedRequest } from './received-request.ts'
import type { GatewayHeader, ProxySettings } from './settings.ts'

const product = 'kong/3.9.1'

/**
 * Adds what the gateway tells of itself, after plugins: a proxied answer (also a failed one) has Via and the latencies
 * of both sides, one of the gateway's own has the time it took. Source: Kong 3.9, kong-behaviour 2.9.
 */
export function addGatewayHeaders(
  headers: HeaderList,
  exchange: Exchange,
  { proxied, settings, now }: { proxied: boolean; settings: ProxySettings; now: number },
): void {
  const on = (name: GatewayHeader) => settings.headers.has(name)
  if (proxied) addProxied(headers, exchange, on, now)
  else if (on('x-kong-response-latency')) headers.set('X-Kong-Response-Latency', span(exchange.startedTick, now))
  if (on('server') && !headers.has('server')) headers.set('Server', product)
  if (on('x-kong-request-id')) headers.set('X-Kong-Request-Id', exchange.id)
}

function addProxied(headers: HeaderList, exchange: Exchange, on: (name: GatewayHeader) => boolean, now: number): void {
  const { timings, startedTick } = exchange
  const waiting = (timings.upstreamHeaders ?? now) - (timings.upstreamStart ?? now)
  if (on('x-kong-upstream-latency')) headers.set('X-Kong-Upstream-Latency', span(0, waiting))
  if (on('x-kong-proxy-latency')) headers.set('X-Kong-Proxy-Latency', span(startedTick, now - waiting))
  if (!on('via')) return
  const before = headers.all('via')
  const version = exchange.upstream.scheme.startsWith('grpc') ? '2' : '1.1'
  headers.set('Via', [...before, `${version} ${product}`].join(', '))
}

/** Whole milliseconds. */
const span = (from: number, to: number): string => String(Math.max(0, Math.round(to - from)))

/** Tells which route and service were found, where that is allowed and asked for. */
export function addDebugHeaders(headers: HeaderList, exchange: Exchange, request: ReceivedRequest): void {
  if (request.headers.get('kong-debug') !== '1') return
  const { route, service } = exchange
  const add = (name: string, value: string | null | undefined) => {
    if (value) headers.set(name, value)
  }
  add('Kong-Route-Id', route?.id)
  add('Kong-Route-Name', route?.name)
  add('Kong-Service-Id', service?.id)
  add('Kong-Service-Name', service?.name)
}

import type { Exchange } from '../../exchange.ts'
import type { HeaderList } from '../../headers.ts'
import { entityJson, WORKSPACE } from '../entity-json.ts'
import { parseArgs } from '../http/args.ts'
import { readable } from '../http/readable.ts'
import { fromWire } from '../http/wire-text.ts'
import { isAnsweredByUpstream, latenciesOf } from './latencies.ts'

/** What the log plugins tell of a request once it is over. Source: Kong 3.9, kong/pdk/log.lua. */
export function logEntry(exchange: Exchange): Readonly<Record<string, unknown>> {
  const { consumer, credential, request, response, route, service, shared, startedAt, traffic, upstream } = exchange
  const uri = fromWire(request.target)
  const { tries, status } = triesOf(exchange)
  return {
    request: {
      id: exchange.id,
      uri,
      url: `${request.scheme}://${fromWire(request.host)}:${request.port}${uri}`,
      querystring: readable(Object.fromEntries(parseArgs(upstream.query))),
      method: upstream.method,
      headers: headersOf(upstream.headers, REDACTED),
      size: traffic.received,
    },
    upstream_uri: route
      ? fromWire(upstream.query === undefined ? upstream.path : `${upstream.path}?${upstream.query}`)
      : '',
    upstream_status: status,
    response: { status: response?.status, headers: response && headersOf(response.headers), size: traffic.sent },
    latencies: latenciesOf(exchange),
    ...(route && { tries, route: entityJson(route) }),
    ...(service && { service: entityJson(service) }),
    ...(credential && { authenticated_entity: { id: credential.id } }),
    ...(consumer && { consumer: { ...entityJson(consumer), ws_id: undefined } }),
    client_ip: request.clientAddress,
    started_at: startedAt,
    source: isAnsweredByUpstream(exchange) ? 'upstream' : 'kong',
    workspace: WORKSPACE,
    workspace_name: 'default',
    correlation_id: shared.get('correlation-id'),
    trace_id: shared.get('trace_id'),
  }
}

const REDACTED: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization'])
const NOTHING: ReadonlySet<string> = new Set()

function headersOf(headers: HeaderList, redacted = NOTHING): Record<string, unknown> {
  const shown: Record<string, unknown> = Object.create(null)
  for (const [name] of headers) {
    const key = name.toLowerCase()
    const values = headers.all(name).map(fromWire)
    shown[key] = redacted.has(key) ? 'REDACTED' : values.length > 1 ? values : values[0]
  }
  return shown
}

/** Each attempt at an upstream, and the statuses of all as nginx joins them. */
function triesOf({ response, tries }: Exchange): { readonly tries: readonly object[]; readonly status: string } {
  return {
    tries: tries.map(({ ip, port, balancerStart, balancerLatency, state, code }) => ({
      ip,
      port,
      balancer_start: Math.floor(balancerStart),
      balancer_start_ns: Math.floor(balancerStart * 1e6),
      balancer_latency: Math.floor(balancerLatency),
      balancer_latency_ns: Math.floor(balancerLatency * 1e6),
      state,
      code,
    })),
    status: tries.map(({ code }) => code ?? response?.status).join(', '),
  }
}

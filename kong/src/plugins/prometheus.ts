import { boolean, record } from '../config/schema/field.ts'
import type { Exchange, Worker } from '../exchange.ts'
import { isAnsweredByUpstream, latenciesOf } from './log/latencies.ts'
import type { Plugin } from './plugin.ts'
import { type Labels, Metrics } from './prometheus/metrics.ts'

const schema = record({
  per_consumer: boolean({ default: false }),
  status_code_metrics: boolean({ default: false }),
  ai_metrics: boolean({ default: false }),
  latency_metrics: boolean({ default: false }),
  bandwidth_metrics: boolean({ default: false }),
  upstream_health_metrics: boolean({ default: false }),
})

const KONG_BUCKETS = [1, 2, 5, 7, 10, 15, 20, 30, 50, 75, 100, 200, 500, 750, 1000, 3000, 6000]
const BUCKETS = [25, 50, 80, 100, 250, 400, 700, 1000, 2000, 5000, 10000, 30000, 60000]

/** Counts requests, bytes and times for Prometheus to read at `/metrics`. Spec: Kong Hub, prometheus. */
export const prometheus = {
  name: 'prometheus',
  priority: 13,
  version: '3.9.1',
  schema,
  protocols: ['grpc', 'grpcs', 'http', 'https', 'tcp', 'tls', 'tls_passthrough', 'udp'],
  log(exchange, config) {
    const { route, service, worker } = exchange
    if (!route) return
    const metrics = metricsOf(worker)
    const labels = { service: service ? (service.name ?? service.host) : '', route: route.name ?? route.id }
    const consumer = config.per_consumer ? (exchange.consumer?.username ?? '') : ''
    if (config.status_code_metrics) countStatus(metrics, exchange, labels, consumer)
    if (config.bandwidth_metrics) countBytes(metrics, exchange, labels, consumer)
    if (config.latency_metrics) observeTimes(metrics, exchange, labels)
  },
} satisfies Plugin<typeof schema>

/** What the plugin has counted since the gateway began. */
export function metricsOf(worker: Worker): Metrics {
  return worker.state('prometheus', () => new Metrics())
}

function countStatus(metrics: Metrics, exchange: Exchange, labels: Labels, consumer: string): void {
  const code = String(exchange.response?.status ?? 0)
  const source = isAnsweredByUpstream(exchange) ? 'service' : 'kong'
  const help = 'HTTP status codes per consumer/service/route in Kong'
  metrics.count('kong_http_requests_total', help, { ...labels, code, source, workspace: 'default', consumer })
}

function countBytes(metrics: Metrics, { traffic }: Exchange, labels: Labels, consumer: string): void {
  const help = 'Total bandwidth (ingress/egress) throughput in bytes'
  for (const [direction, bytes] of [
    ['ingress', traffic.received],
    ['egress', traffic.sent],
  ] as const) {
    metrics.count('kong_bandwidth_bytes', help, { ...labels, direction, workspace: 'default', consumer }, bytes)
  }
}

function observeTimes(metrics: Metrics, exchange: Exchange, labels: Labels): void {
  const { kong, proxy, request } = latenciesOf(exchange)
  const where = { ...labels, workspace: 'default' }
  const kongHelp = 'Latency added by Kong and enabled plugins for each service/route in Kong'
  metrics.observe('kong_kong_latency_ms', kongHelp, where, kong, KONG_BUCKETS)
  const requestHelp = 'Total latency incurred during requests for each service/route in Kong'
  metrics.observe('kong_request_latency_ms', requestHelp, where, request, BUCKETS)
  if (proxy < 0) return
  const upstreamHelp = 'Latency added by upstream response for each service/route in Kong'
  metrics.observe('kong_upstream_latency_ms', upstreamHelp, where, proxy, BUCKETS)
}

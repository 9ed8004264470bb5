/** What Prometheus reads. Source: Kong 3.9, plugins/prometheus/exporter.lua. */
import type { UpstreamView } from '../balancer/health/view.ts'
import type { Gateway } from '../gateway.ts'
import { Metrics } from '../plugins/prometheus/metrics.ts'
import { metricsOf } from '../plugins/prometheus.ts'
import { KONG_VERSION } from '../version.ts'
import type { AdminAnswer } from './answer.ts'
import type { AdminRoute } from './routes.ts'

export const metricsRoute: AdminRoute = { path: '/metrics', methods: { GET: ({ gateway }) => showMetrics(gateway) } }

function showMetrics(gateway: Gateway): AdminAnswer {
  const body = nodeMetrics(gateway).write() + metricsOf(gateway.worker).write()
  return { status: 200, body, type: 'text/plain; charset=UTF-8' }
}

/** What is so at this moment, whether or not the plugin is in use. */
function nodeMetrics(gateway: Gateway): Metrics {
  const metrics = new Metrics()
  const { nodeId } = gateway.worker
  metrics.gauge('kong_datastore_reachable', 'Datastore reachable from Kong, 0 is unreachable', {}, 1)
  metrics.gauge('kong_node_info', 'Kong Node metadata information', { node_id: nodeId, version: KONG_VERSION }, 1)
  const requests = { node_id: nodeId, subsystem: 'http' }
  metrics.gauge('kong_nginx_requests_total', 'Total number of requests', requests, gateway.requests)
  metrics.gauge(
    'kong_memory_workers_lua_vms_bytes',
    'Allocated bytes in worker',
    memoryOf(gateway),
    process.memoryUsage.rss(),
  )
  metrics.count(
    'kong_nginx_metric_errors_total',
    'Number of nginx-lua-prometheus errors',
    {},
    metricsOf(gateway.worker).refused,
  )
  if (wantsHealth(gateway)) for (const upstream of upstreamsOf(gateway)) addHealth(metrics, ...upstream)
  return metrics
}

function memoryOf({ worker }: Gateway): { node_id: string; pid: string; kong_subsystem: string } {
  return { node_id: worker.nodeId, pid: String(worker.pid), kong_subsystem: 'http' }
}

function wantsHealth({ configuration }: Gateway): boolean {
  return [...configuration.table('plugins').values()].some(
    ({ name, enabled, config }) =>
      name === 'prometheus' && enabled && (config as { upstream_health_metrics?: boolean }).upstream_health_metrics,
  )
}

function upstreamsOf({ line }: Gateway): [name: string, view: UpstreamView][] {
  return [...line.balancers.upstreams.values()].map((balancer) => [balancer.upstream.name, balancer.view()])
}

const STATES = ['healthchecks_off', 'healthy', 'unhealthy', 'dns_error'] as const

/** Every state of every address, 1 for the one that it is in. */
function addHealth(metrics: Metrics, upstream: string, { hosts, watched }: UpstreamView): void {
  const add = (target: string, address: string, current: (typeof STATES)[number]) => {
    for (const state of STATES) {
      const labels = { upstream, target, address, state, subsystem: 'http' }
      metrics.gauge('kong_upstream_target_health', HEALTH, labels, state === current ? 1 : 0)
    }
  }
  for (const { host, port, dnsFailed, addresses } of hosts) {
    const target = `${host}:${port}`
    if (dnsFailed) add(target, '', 'dns_error')
    for (const address of addresses) {
      const state = address.healthy ? 'healthy' : 'unhealthy'
      add(target, `${address.ip}:${address.port}`, watched ? state : 'healthchecks_off')
    }
  }
}

const HEALTH =
  'Health status of targets of upstream. States = healthchecks_off|healthy|unhealthy|dns_error, value is 1 when state is populated.'

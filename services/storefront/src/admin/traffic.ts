import type { Traffic, TrafficReport } from '@portico/contracts'
import { bucketsOf, parseMetrics, quantileOf, type Sample } from './prometheus.ts'
import { readPage, type Watched } from './watched.ts'

type Service = TrafficReport['services'][number]

/** How a process tells its requests. */
interface Dialect {
  /** A histogram whose buckets count requests by their duration. */
  readonly durations: string
  /** Milliseconds in one of its units. */
  readonly unitMs: number
  /** A counter of requests by status; the histogram itself where it knows the status. */
  readonly requests: string
  readonly status: string
}

const ofServices: Dialect = {
  durations: 'http_request_duration_seconds_bucket',
  unitMs: 1000,
  requests: 'http_request_duration_seconds_count',
  status: 'status',
}
/** The prometheus plugin of Kong. */
const ofKong: Dialect = {
  durations: 'kong_request_latency_ms_bucket',
  unitMs: 1,
  requests: 'kong_http_requests_total',
  status: 'code',
}

/** What the readiness checks of the gateway and the readers of metrics cause is no traffic. */
const quiet = new Set(['/healthz', '/readyz', '/metrics'])

/**
 * Requests, errors and latencies of each service from its own metrics, and of the gateway from Kong's.
 * @param gatewayMetrics the address of the gateway's metrics
 */
export async function readTraffic(services: Watched, gatewayMetrics?: string): Promise<TrafficReport> {
  const sources = Object.entries(services).map(([name, url]) => ({ name, url: `${url}/metrics`, dialect: ofServices }))
  if (gatewayMetrics) sources.unshift({ name: 'gateway', url: gatewayMetrics, dialect: ofKong })
  const read = await Promise.all(
    sources.map(async ({ name, url, dialect }) => {
      try {
        const { status, text } = await readPage(url)
        return status === 200 ? describe(name, parseMetrics(text), dialect) : undefined
      } catch {
        return undefined
      }
    }),
  )
  return {
    services: read.filter((service) => service !== undefined),
    incomplete: sources.filter((_, index) => read[index] === undefined).map(({ name }) => name),
  }
}

function describe(name: string, samples: readonly Sample[], dialect: Dialect): Service {
  const own = samples.filter(
    (sample) =>
      (sample.name === dialect.requests || sample.name === dialect.durations) && !quiet.has(sample.labels.route ?? ''),
  )
  const byRoute = Map.groupBy(own, ({ labels }) => `${labels.method ?? ''} ${labels.route ?? ''}`)
  const routes = [...byRoute.values()].map((each) => ({
    method: each[0]?.labels.method ?? '',
    route: each[0]?.labels.route ?? '',
    ...trafficOf(each, dialect),
  }))
  const startedAt = samples.find((sample) => sample.name === 'process_start_time_seconds')?.value
  return {
    name,
    since: startedAt === undefined ? null : new Date(startedAt * 1000).toISOString(),
    ...trafficOf(own, dialect),
    routes: routes.filter(({ requests }) => requests > 0).sort((a, b) => b.requests - a.requests),
  }
}

function trafficOf(samples: readonly Sample[], { durations, unitMs, requests, status }: Dialect): Traffic {
  const counted = samples.filter(({ name }) => name === requests)
  const sum = (each: readonly Sample[]) => each.reduce((total, { value }) => total + value, 0)
  const buckets = bucketsOf(samples.filter(({ name }) => name === durations))
  const at = (share: number) => {
    const value = quantileOf(buckets, share)
    return value === null ? null : Math.round(value * unitMs * 10) / 10
  }
  return {
    requests: sum(counted),
    errors: sum(counted.filter(({ labels }) => Number(labels[status]) >= 500)),
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
  }
}

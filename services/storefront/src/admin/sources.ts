import { type Buckets, bucketsOf, parseMetrics, quantileOf, type Sample } from './prometheus.ts'
import { readPage, type Watched } from './watched.ts'

/** How a process tells its requests. */
export interface Dialect {
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

/** A process whose metrics tell of its requests. */
export interface Source {
  readonly name: string
  readonly url: string
  readonly dialect: Dialect
}

/** @param gatewayMetrics the address of the gateway's metrics, where known; it comes first */
export function sourcesOf(services: Watched, gatewayMetrics?: string): Source[] {
  const sources = Object.entries(services).map(([name, url]) => ({ name, url: `${url}/metrics`, dialect: ofServices }))
  return gatewayMetrics ? [{ name: 'gateway', url: gatewayMetrics, dialect: ofKong }, ...sources] : sources
}

/** What the readiness checks of the gateway and the readers of metrics cause is no traffic. */
const quiet = new Set(['/healthz', '/readyz', '/metrics'])

export interface Reading {
  /** When the process was started. */
  readonly startedAt: Date | null
  /** Its samples of requests and their durations. */
  readonly samples: readonly Sample[]
}

/** Reads the metrics of a process. @returns undefined when it does not answer well */
export async function readSource({ url, dialect }: Source): Promise<Reading | undefined> {
  const page = await readPage(url).catch(() => undefined)
  if (page?.status !== 200) return undefined
  const samples = parseMetrics(page.text)
  const started = samples.find(({ name }) => name === 'process_start_time_seconds')?.value
  const { requests, durations } = dialect
  return {
    startedAt: started === undefined ? null : new Date(started * 1000),
    samples: samples.filter(
      ({ name, labels }) => (name === requests || name === durations) && !quiet.has(labels.route ?? ''),
    ),
  }
}

/** What a process has counted since its start. */
export interface Tally {
  readonly requests: number
  /** Answered 500 or above. */
  readonly errors: number
  /** Of durations, in the unit of the dialect. */
  readonly buckets: Buckets
}

export function tallyOf(samples: readonly Sample[], { requests, durations, status }: Dialect): Tally {
  const counted = samples.filter(({ name }) => name === requests)
  const sum = (each: readonly Sample[]) => each.reduce((total, { value }) => total + value, 0)
  return {
    requests: sum(counted),
    errors: sum(counted.filter(({ labels }) => Number(labels[status]) >= 500)),
    buckets: bucketsOf(samples.filter(({ name }) => name === durations)),
  }
}

/** The milliseconds that a share of the requests took at most, to a tenth; null without requests. */
export function latencyOf({ buckets }: Tally, share: number, { unitMs }: Dialect): number | null {
  const value = quantileOf(buckets, share)
  return value === null ? null : Math.round(value * unitMs * 10) / 10
}

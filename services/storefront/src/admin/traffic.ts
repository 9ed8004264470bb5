import type { Traffic, TrafficReport } from '@portico/contracts'
import { latencyOf, type Reading, readSource, type Source, type Tally, tallyOf } from './sources.ts'

type Service = TrafficReport['services'][number]

/** Requests, errors and latencies of each service from its own metrics, and of the gateway from Kong's. */
export async function readTraffic(sources: readonly Source[]): Promise<TrafficReport> {
  const readings = await Promise.all(sources.map(readSource))
  const read = sources.flatMap((source, index) => {
    const reading = readings[index]
    return reading ? [describe(source, reading)] : []
  })
  return {
    services: read,
    incomplete: sources.filter((_, index) => !readings[index]).map(({ name }) => name),
  }
}

function describe({ name, dialect }: Source, { startedAt, samples }: Reading): Service {
  const summarise = (tally: Tally): Traffic => ({
    requests: tally.requests,
    errors: tally.errors,
    p50: latencyOf(tally, 0.5, dialect),
    p95: latencyOf(tally, 0.95, dialect),
    p99: latencyOf(tally, 0.99, dialect),
  })
  const byRoute = Map.groupBy(samples, ({ labels }) => `${labels.method ?? ''} ${labels.route ?? ''}`)
  const routes = [...byRoute.values()].map((each) => ({
    method: each[0]?.labels.method ?? '',
    route: each[0]?.labels.route ?? '',
    ...summarise(tallyOf(each, dialect)),
  }))
  return {
    name,
    since: startedAt?.toISOString() ?? null,
    ...summarise(tallyOf(samples, dialect)),
    routes: routes.filter(({ requests }) => requests > 0).sort((a, b) => b.requests - a.requests),
  }
}

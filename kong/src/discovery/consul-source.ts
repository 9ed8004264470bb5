import { isObject, textOf } from './json.ts'
import { askJson, pause, pauseAfterFailure, splitCredentials } from './registry-client.ts'
import { BadRegistryAnswer, type TargetListener, type TargetSource, type Targets } from './target-source.ts'

export interface ConsulOptions {
  /** Where Consul's HTTP API is; its query (`dc`, `ns`, `filter`, …) goes along with every question. */
  readonly url: URL
  /** An ACL token. */
  readonly token?: string | undefined
  /** How long one question may wait for a change. */
  readonly waitMs?: number
}

const WAIT_MS = 60_000
const SLACK_MS = 10_000
/** However often a service changes, it is asked about no more than so often. */
const GAP_MS = 50
/** Consul's default weight is 1, Kong's 100. */
const WEIGHT_FACTOR = 100
const MOST_WEIGHT = 65_535

/**
 * The instances of a service that pass their checks, by blocking queries.
 * Source: Consul's HTTP API, health/service and features/blocking.
 */
export function consulSource({ url, token, waitMs = WAIT_MS }: ConsulOptions): TargetSource {
  const { base, headers } = splitCredentials(url)
  if (token !== undefined) headers['x-consul-token'] = token
  const ask = async (service: string, index: number, signal: AbortSignal) => {
    const question = new URL(`/v1/health/service/${encodeURIComponent(service)}`, base)
    question.search = base.search
    question.searchParams.set('passing', '1')
    if (index > 0) {
      question.searchParams.set('index', String(index))
      question.searchParams.set('wait', `${Math.ceil(waitMs / 1000)}s`)
    }
    // Consul adds up to a sixteenth of the wait.
    const answer = await askJson(question, { headers, timeoutMs: waitMs * (17 / 16) + SLACK_MS, signal })
    return { targets: targetsIn(answer.body), index: readIndex(answer.headers.get('x-consul-index'), index) }
  }
  return {
    name: `consul ${base.origin}`,
    watch(service, listener) {
      const stop = new AbortController()
      void follow((index) => ask(service, index, stop.signal), listener, stop.signal)
      return { close: () => stop.abort() }
    },
  }
}

type Ask = (index: number) => Promise<{ targets: Targets; index: number }>

async function follow(ask: Ask, listener: TargetListener, stopped: AbortSignal): Promise<void> {
  let index = 0
  let failures = 0
  while (!stopped.aborted) {
    try {
      const answer = await ask(index)
      if (stopped.aborted) return
      failures = 0
      index = answer.index
      listener.onTargets(answer.targets)
      await pause(GAP_MS, stopped)
    } catch (error) {
      if (stopped.aborted) return
      // What changed meanwhile, or a server that was started anew, is asked for afresh.
      index = 0
      failures += 1
      listener.onFailure(error as Error)
      await pauseAfterFailure(failures, stopped)
    }
  }
}

/** An index that goes back, as after a restored snapshot, is forgotten; it is never 0. */
function readIndex(given: string | null, before: number): number {
  const index = Number(given)
  if (given === null || !Number.isSafeInteger(index) || index < 1) throw new BadRegistryAnswer('no X-Consul-Index')
  return index < before ? 0 : index
}

function targetsIn(body: unknown): Targets {
  if (!Array.isArray(body)) throw new BadRegistryAnswer('no list of instances')
  return body.map((entry) => {
    const service = isObject(entry) && isObject(entry.Service) ? entry.Service : {}
    const node = isObject(entry) && isObject(entry.Node) ? entry.Node : {}
    const host = textOf(service.Address) || textOf(node.Address)
    const weights = isObject(service.Weights) ? service.Weights : {}
    const passing = typeof weights.Passing === 'number' ? weights.Passing : 1
    return {
      target: `${host.includes(':') ? `[${host}]` : host}:${String(service.Port)}`,
      weight: Math.min(MOST_WEIGHT, passing * WEIGHT_FACTOR),
    }
  })
}

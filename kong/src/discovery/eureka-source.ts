import { asList, isObject, textOf } from './json.ts'
import { askJson, pause, pauseAfterFailure, splitCredentials } from './registry-client.ts'
import { BadRegistryAnswer, type TargetListener, type TargetSource, type Targets } from './target-source.ts'

export interface EurekaOptions {
  /** Eureka's base, such as http://127.0.0.1:8761/eureka. */
  readonly url: URL
  /** How often all applications are asked for. */
  readonly everyMs?: number
}

const EVERY_MS = 5_000
const TIMEOUT_MS = 5_000
const DEFAULT_WEIGHT = 100

/**
 * The instances of a service that are UP, asked for now and then, all services at once: Eureka tells nothing by itself.
 * An instance's metadata may say its `weight`. Source: Eureka REST operations, Netflix/eureka wiki.
 */
export function eurekaSource({ url, everyMs = EVERY_MS }: EurekaOptions): TargetSource {
  const { base, headers } = splitCredentials(url)
  const apps = new URL(`${base.href.replace(/\/$/, '')}/apps`)
  const listeners = new Map<TargetListener, string>()
  let known: ReadonlyMap<string, Targets> | undefined
  let polling: AbortController | undefined
  const tell = (listener: TargetListener, service: string) => {
    if (known) listener.onTargets(known.get(service.toUpperCase()) ?? [])
  }
  const poll = async (stopped: AbortSignal) => {
    let failures = 0
    while (!stopped.aborted) {
      try {
        known = targetsByService((await askJson(apps, { headers, timeoutMs: TIMEOUT_MS, signal: stopped })).body)
        failures = 0
        for (const [listener, service] of listeners) tell(listener, service)
        await pause(everyMs, stopped)
      } catch (error) {
        if (stopped.aborted) return
        failures += 1
        for (const listener of listeners.keys()) listener.onFailure(error as Error)
        await pauseAfterFailure(failures, stopped)
      }
    }
  }
  return {
    name: `eureka ${base.origin}`,
    watch(service, listener) {
      listeners.set(listener, service)
      if (polling) tell(listener, service)
      else {
        polling = new AbortController()
        void poll(polling.signal)
      }
      return {
        close() {
          listeners.delete(listener)
          if (listeners.size > 0) return
          polling?.abort()
          polling = undefined
          known = undefined
        },
      }
    },
  }
}

function targetsByService(body: unknown): ReadonlyMap<string, Targets> {
  if (!isObject(body) || !isObject(body.applications)) throw new BadRegistryAnswer('no list of applications')
  const found = new Map<string, Targets>()
  for (const application of asList(body.applications.application)) {
    if (!isObject(application)) continue
    const up = asList(application.instance).filter((instance) => isObject(instance) && instance.status === 'UP')
    found.set(
      textOf(application.name).toUpperCase(),
      up.map((instance) => targetOf(instance as Record<string, unknown>)),
    )
  }
  return found
}

function targetOf({ ipAddr, hostName, port, securePort, metadata }: Record<string, unknown>): Targets[number] {
  const open = isObject(port) && String(port['@enabled']) === 'true' ? port : securePort
  const weight = Number(isObject(metadata) ? (metadata.weight ?? DEFAULT_WEIGHT) : DEFAULT_WEIGHT)
  return { target: `${textOf(ipAddr) || textOf(hostName)}:${isObject(open) ? String(open.$) : ''}`, weight }
}

import { watchFile } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { writeAtomically } from '../atomic-file.ts'
import type { Home } from '../home.ts'
import { findFreePort } from '../ports.ts'
import type { ProcessSpec } from '../supervisor/process-spec.ts'
import type { Report } from '../supervisor/report.ts'
import type { Supervisor } from '../supervisor/supervisor.ts'
import { readScale, replicaNames, type Scalable, type Scale, scalable } from './scale.ts'

export interface ReplicasOptions {
  readonly home: Home
  readonly supervisor: Supervisor
  readonly report: Report
  /** The first process of each service: what the others are like. */
  readonly models: readonly ProcessSpec[]
  /** The base URL of the gateway's Admin API. */
  readonly admin: string
}

interface Place {
  readonly upstream: string
  /** `host:port`. */
  readonly target: string
}

const watchEveryMs = 200
/** A request that was given a replica just before it left the upstream may still be on its way to it. */
const onTheWayMs = 300
const leaveTimeoutMs = 5000
/** Longer than a service takes for its last requests. */
const stopPatienceMs = 6000

/**
 * The processes of services beyond the first of each. The file that the gateway watches names those that are ready: a new
 * one is added to it last, and one that is to go leaves it first.
 */
export class Replicas {
  readonly #options: ReplicasOptions
  readonly #running = new Map<string, readonly Place[]>()
  #work: Promise<void> = Promise.resolve()

  constructor(options: ReplicasOptions) {
    this.#options = options
  }

  /** What is to be started together with the first of each service. */
  async plan(scale: Scale): Promise<ProcessSpec[]> {
    const specs = await Promise.all([...replicaNames(scale)].map(([name, service]) => this.#plan(name, service)))
    for (const spec of specs) this.#note(spec)
    this.#register()
    return specs
  }

  /** From now on does as the home's file of wishes says, one wish after the other. */
  follow(): void {
    const { home, report } = this.#options
    watchFile(home.scaleFile, { interval: watchEveryMs, persistent: false }, () => {
      this.#work = this.#work
        .then(() => this.#bringTo(replicaNames(readScale(home))))
        .catch((error) => report.note(`scaling failed: ${error instanceof Error ? error.message : error}`))
    })
  }

  async #bringTo(wanted: ReadonlyMap<string, Scalable>): Promise<void> {
    const missing = [...wanted].filter(([name]) => !this.#running.has(name))
    const superfluous = [...this.#running.keys()].filter((name) => !wanted.has(name))
    await Promise.all([
      ...missing.map(([name, service]) => this.#add(name, service)),
      ...superfluous.map((name) => this.#remove(name)),
    ])
  }

  async #add(name: string, service: Scalable): Promise<void> {
    const spec = await this.#plan(name, service)
    await this.#options.supervisor.add(spec)
    this.#note(spec)
    this.#register()
  }

  async #remove(name: string): Promise<void> {
    const places = this.#running.get(name) ?? []
    this.#running.delete(name)
    this.#register()
    await Promise.all(places.map((place) => this.#untilGatewayForgets(place)))
    await sleep(onTheWayMs)
    await this.#options.supervisor.remove(name, stopPatienceMs)
  }

  #note({ name, env }: ProcessSpec): void {
    this.#running.set(name, placesOf(serviceOf(name), env))
  }

  #register(): void {
    const targets: Record<string, object[]> = {}
    for (const { upstream, target } of [...this.#running.values()].flat()) {
      targets[upstream] = [...(targets[upstream] ?? []), { target, weight: 100 }]
    }
    writeAtomically(this.#options.home.targetsFile, `${JSON.stringify(targets, null, 2)}\n`)
  }

  /** A gateway that can't be asked sends nothing there either, or has its own file. */
  async #untilGatewayForgets({ upstream, target }: Place): Promise<void> {
    const deadline = Date.now() + leaveTimeoutMs
    const page = new URL(`/upstreams/${upstream}/targets?size=1000`, this.#options.admin)
    while (Date.now() < deadline) {
      const answer = await fetch(page, { signal: AbortSignal.timeout(1000) }).catch(() => undefined)
      if (!answer?.ok || !(await answer.text()).includes(`"${target}"`)) return
      await sleep(50)
    }
  }

  /** Like the first of its service, on ports of its own, and after it, since that one migrates. */
  async #plan(name: string, service: Scalable): Promise<ProcessSpec> {
    const model = this.#options.models.find((spec) => spec.name === service)
    if (!model) throw new Error(`no process is named ${service}`)
    const ports = await Promise.all(model.ports.map(() => findFreePort()))
    const moved = new Map(model.ports.map((port, index) => [String(port), String(ports[index])]))
    const listens = ['PORT', 'TCP_PORT', 'GRPC_PORT'].flatMap((variable) => {
      const port = model.env[variable]
      return port === undefined ? [] : [[variable, moved.get(port) ?? port]]
    })
    const title = `http://${targetOf(ports[0] ?? 0)}`
    return {
      ...model,
      name,
      after: [service],
      env: { ...model.env, ...Object.fromEntries(listens) },
      ports,
      probe: `${title}/readyz`,
      title,
    }
  }
}

const targetOf = (port: number): string => `127.0.0.1:${port}`

/** The upstreams of kong.yml that lead to a service, and where this process of it is. */
function placesOf(service: Scalable, { PORT, GRPC_PORT }: ProcessSpec['env']): Place[] {
  const http = { upstream: service === 'storefront' ? service : `${service}-service`, target: targetOf(Number(PORT)) }
  return GRPC_PORT === undefined ? [http] : [http, { upstream: `${service}-grpc`, target: targetOf(Number(GRPC_PORT)) }]
}

const serviceOf = (replica: string): Scalable => {
  const service = scalable.find((each) => replica.startsWith(`${each}-`))
  if (!service) throw new Error(`${replica} is no replica`)
  return service
}

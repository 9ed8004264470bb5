import type { DiscoveredTarget, TargetSpec } from '../balancer/target-pool.ts'
import { readAddress } from '../config/addresses.ts'
import { completeTarget } from '../config/entities/target.ts'
import type { Log } from '../exchange.ts'
import type { TargetSource, Targets, Watch } from './target-source.ts'

export interface DiscoveryOptions {
  readonly source: TargetSource
  readonly log: Log
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Puts the targets of an upstream in the place of those given before. */
  apply(upstream: string, targets: readonly DiscoveredTarget[]): void
}

interface Followed {
  readonly watch: Watch
  readonly heard: Promise<void>
  targets: readonly DiscoveredTarget[]
}

const MOST_WEIGHT = 65_535

/**
 * Keeps the targets of every upstream as a registry tells them: an upstream is a service of the same name. While the
 * registry can't be asked, the last known ones stay.
 */
export class Discovery {
  readonly #options: DiscoveryOptions
  readonly #followed = new Map<string, Followed>()
  #failing = false

  constructor(options: DiscoveryOptions) {
    this.#options = options
  }

  /** Follows the upstreams of these names, and no others from now on. */
  follow(upstreams: Iterable<string>): void {
    const wanted = new Set(upstreams)
    for (const [name, { watch }] of this.#followed) {
      if (wanted.has(name)) continue
      watch.close()
      this.#followed.delete(name)
      this.#options.apply(name, [])
    }
    for (const name of wanted) if (!this.#followed.has(name)) this.#begin(name)
  }

  /** Waits until the registry has told of every upstream once, but no longer than `limitMs`. */
  async heard(limitMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, limitMs)
    })
    await Promise.race([Promise.all([...this.#followed.values()].map(({ heard }) => heard)), late])
    clearTimeout(timer)
  }

  close(): void {
    for (const { watch } of this.#followed.values()) watch.close()
    this.#followed.clear()
  }

  #begin(name: string): void {
    const { promise: heard, resolve: firstWord } = Promise.withResolvers<void>()
    const watch = this.#options.source.watch(name, {
      onTargets: (targets) => {
        this.#recovered()
        // A source that tells at once does so before `watch` has answered.
        queueMicrotask(() => this.#learn(name, targets))
        firstWord()
      },
      onFailure: (error) => this.#failed(error),
    })
    this.#followed.set(name, { watch, heard, targets: [] })
  }

  #learn(name: string, told: Targets): void {
    const followed = this.#followed.get(name)
    if (!followed) return
    const { apply, log, now } = this.#options
    const known = new Map(followed.targets.map((target) => [`${target.target} ${target.weight}`, target]))
    const targets = told.flatMap(({ target, weight }) => {
      if (!isTarget({ target, weight })) {
        log.warn('the registry names what is no target', { upstream: name, target, weight })
        return []
      }
      const full = completeTarget(target)
      return known.get(`${full} ${weight}`) ?? { target: full, weight, since: Math.round(now()) / 1000 }
    })
    if (sameMembers(targets, followed.targets)) return
    followed.targets = targets
    apply(name, targets)
    log.info('targets changed', { upstream: name, targets: targets.map(({ target }) => target) })
  }

  #failed(error: Error): void {
    const { log, source } = this.#options
    if (this.#failing) return
    this.#failing = true
    log.warn('the registry does not answer; the last known targets stay', { registry: source.name, why: error.message })
  }

  #recovered(): void {
    if (!this.#failing) return
    this.#failing = false
    this.#options.log.info('the registry answers again', { registry: this.#options.source.name })
  }
}

function isTarget({ target, weight }: TargetSpec): boolean {
  const address = readAddress(target)
  return !('problem' in address) && Number.isInteger(weight) && weight >= 0 && weight <= MOST_WEIGHT
}

const sameMembers = (a: readonly TargetSpec[], b: readonly TargetSpec[]): boolean =>
  a.length === b.length && a.every((one) => b.includes(one))

import type { TrafficHistory } from '@portico/contracts'
import { type Closable, every, type Log } from '@portico/service-kit'
import type { Buckets } from './prometheus.ts'
import { latencyOf, readSource, type Source, type Tally, tallyOf } from './sources.ts'

/** Half an hour, a step each quarter of a minute: some 30 KB in memory. */
const STEP_SECONDS = 15
const STEPS = 120

/** What happened between two looks at the metrics. */
interface Step {
  readonly at: Date
  /** By the source's name; missing where it did not answer now or before. */
  readonly tallies: ReadonlyMap<string, Tally>
}

/** Remembers the traffic of the last half hour, in this process alone: it looks at everybody's metrics now and then. */
export class TrafficMemory {
  readonly #sources: readonly Source[]
  readonly #limit: number
  readonly #steps: Step[] = []
  #before: Map<string, Tally> | undefined

  constructor(sources: readonly Source[], limit = STEPS) {
    this.#sources = sources
    this.#limit = limit
  }

  /** Looks again and again until it is closed. */
  watch(log: Log): Closable {
    return every(STEP_SECONDS * 1000, () => this.look(), log, 'traffic')
  }

  /** Looks at the metrics, and remembers what is new in them. */
  async look(at = new Date()): Promise<void> {
    const now = new Map<string, Tally>()
    await Promise.all(
      this.#sources.map(async (source) => {
        const reading = await readSource(source)
        if (reading) now.set(source.name, tallyOf(reading.samples, source.dialect))
      }),
    )
    if (this.#before) this.#steps.push({ at, tallies: differences(now, this.#before) })
    if (this.#steps.length > this.#limit) this.#steps.shift()
    this.#before = now
  }

  /** What is remembered, the latest step last. */
  tell(): TrafficHistory {
    return {
      stepSeconds: STEP_SECONDS,
      steps: this.#steps.map(({ at }) => at.toISOString()),
      services: this.#sources.map(({ name, dialect }) => {
        const tallies = this.#steps.map((step) => step.tallies.get(name))
        return {
          name,
          requests: tallies.map((tally) => tally?.requests ?? null),
          errors: tallies.map((tally) => tally?.errors ?? null),
          p95: tallies.map((tally) => (tally ? latencyOf(tally, 0.95, dialect) : null)),
        }
      }),
    }
  }
}

/** What was counted between two looks, by those who answered both. */
function differences(now: ReadonlyMap<string, Tally>, before: ReadonlyMap<string, Tally>): Map<string, Tally> {
  const known = [...now].flatMap(([name, tally]) => {
    const then = before.get(name)
    return then ? [[name, difference(tally, then)] as const] : []
  })
  return new Map(known)
}

/** What was counted since `before`. A process that was started anew counts from zero again. */
function difference(now: Tally, before: Tally): Tally {
  if (now.requests < before.requests) return now
  const counts = new Map(before.buckets)
  const buckets: Buckets = now.buckets.map(([bound, count]) => [bound, Math.max(0, count - (counts.get(bound) ?? 0))])
  return { requests: now.requests - before.requests, errors: Math.max(0, now.errors - before.errors), buckets }
}

import type { Blow } from './points/passage.ts'
import { type Random, randomFrom } from './random.ts'

/** One thing done to the shop, so many milliseconds after the faults begin. */
export type Fault = { readonly atMs: number } & (
  | { readonly type: 'kill' | 'stop'; readonly target: string }
  | { readonly type: 'kill_all' }
  | { readonly type: 'pause'; readonly target: string; readonly forMs: number }
  | { readonly type: 'cut'; readonly link: string }
  | { readonly type: 'delay'; readonly link: string; readonly delayMs: number; readonly forMs: number }
  | { readonly type: 'swallow'; readonly link: string; readonly forMs: number }
  | { readonly type: 'duplicate'; readonly count: number }
  | { readonly type: 'arm'; readonly step: string; readonly blow: Blow; readonly afterPassages: number }
)

/** A fault before it is known when. */
type Planned = Fault extends infer F ? (F extends Fault ? Omit<F, 'atMs'> : never) : never

export interface Plan {
  readonly seed: number
  readonly durationMs: number
  /** Kills from outside; armed steps come on top. */
  readonly kills: number
  /** Names of all processes, and which of them keep data. */
  readonly targets: readonly string[]
  readonly datastores: readonly string[]
  readonly links: readonly string[]
  /** Names of the steps at which a process may be made to die. */
  readonly steps: readonly string[]
}

const KILLS_PER_POWER_CUT = 60
/** An armed step ends its process: more of them than this and nothing would get done in between. */
const MS_PER_STEP = 9000
/** So many faults come nearly at once, and then there is time for orders until the next wave. */
const WAVE = 4
const WAVE_SHARE = 0.35
/** From so long on, each link is silent once for most of a minute. */
const LONG_RUN_MS = 600_000

/**
 * What is done to the shop and when: the same for the same seed, duration and shop. Every process is killed at least
 * once, and in a run that is long enough every step is armed.
 */
export function planFaults(plan: Plan): Fault[] {
  const random = randomFrom(plan.seed)
  const faults = random.shuffle([...kills(plan, random), ...armed(plan, random), ...others(plan, random)])
  const waveMs = (plan.durationMs * WAVE) / faults.length
  return faults
    .map((fault, index) => {
      const atMs = Math.round((Math.floor(index / WAVE) + random.next() * WAVE_SHARE) * waveMs)
      return { ...fault, atMs } as Fault
    })
    .sort((a, b) => a.atMs - b.atMs)
}

function kills({ kills, targets, datastores }: Plan, random: Random): Planned[] {
  const once = random.shuffle(targets).slice(0, kills)
  const rest = Math.max(0, kills - once.length)
  const more = Array.from({ length: rest }, () => random.pick(random.chance(0.5) ? datastores : targets))
  const powerCuts = Math.floor(kills / KILLS_PER_POWER_CUT)
  return [
    ...[...once, ...more].map((target): Planned => ({ type: 'kill', target })),
    ...Array.from({ length: powerCuts }, (): Planned => ({ type: 'kill_all' })),
  ]
}

function armed({ durationMs, kills, steps }: Plan, random: Random): Planned[] {
  if (kills === 0) return []
  const wanted = Math.floor(durationMs / MS_PER_STEP)
  const chosen: string[] = []
  while (chosen.length < wanted) chosen.push(...random.shuffle(steps).slice(0, wanted - chosen.length))
  return chosen.map(
    (step): Planned => ({
      type: 'arm',
      step,
      blow: random.chance(0.85) ? 'kill' : 'pause',
      afterPassages: random.between(0, 3),
    }),
  )
}

function others({ kills, targets, links, durationMs }: Plan, random: Random): Planned[] {
  // Longer than a hold stands, so that what was held is sold to somebody else meanwhile.
  const silent = durationMs < LONG_RUN_MS || kills === 0 ? [] : links
  const some = (share: number, make: () => Planned) => Array.from({ length: Math.ceil(kills * share) }, make)
  const link = () => random.pick(links)
  return [
    ...silent.map((name): Planned => ({ type: 'swallow', link: name, forMs: random.between(35_000, 50_000) })),
    ...some(0.15, () => ({ type: 'stop', target: random.pick(targets) })),
    ...some(0.15, () => ({ type: 'pause', target: random.pick(targets), forMs: random.between(500, 8000) })),
    ...some(0.2, () => ({ type: 'cut', link: link() })),
    ...some(0.1, () => ({
      type: 'delay',
      link: link(),
      delayMs: random.between(50, 1500),
      forMs: random.between(2000, 8000),
    })),
    ...some(0.1, () => ({ type: 'swallow', link: link(), forMs: random.between(1000, 12_000) })),
    ...some(0.2, () => ({ type: 'duplicate', count: random.between(1, 200) })),
  ]
}

import { writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { abortion } from '../scripts/command-line/stop-request.ts'
import type { BusName } from '../scripts/shop/buses.ts'
import type { Scale } from '../scripts/shop/scale.ts'
import type { Report } from '../scripts/supervisor/report.ts'
import { ActionLog } from './action-log.ts'
import { gatherCrowd } from './crowd.ts'
import { Injector } from './injector.ts'
import { Journal } from './journal.ts'
import { judge, type Verdict } from './judge.ts'
import { isBusStep, steps } from './points/steps.ts'
import { randomFrom } from './random.ts'
import { planFaults } from './schedule.ts'
import { startVictim, type Victim } from './shop.ts'

export interface RunOptions {
  readonly seed: number
  readonly bus: BusName
  readonly scale: Scale
  readonly durationMs: number
  readonly kills: number
  readonly customers: number
  /** How long everything may take to come right once all is up again; the promise says 60 seconds. */
  readonly settleMs: number
  readonly noInstall: boolean
  /** Keeps the home, as is done anyway when something was found. */
  readonly keep: boolean
  /** Modules that every service loads first: how tests break the shop to see that it is found. */
  readonly preload?: readonly string[]
}

export interface Outcome extends Verdict {
  readonly options: RunOptions
  readonly home: string
  readonly log: ActionLog
  readonly journal: Journal
  readonly processes: readonly string[]
}

/** Starts a shop, lets customers shop while faults are done to it, and checks the promise when all is up again. */
export async function runFaults(options: RunOptions, report: Report, stopping: AbortSignal): Promise<Outcome> {
  const victim = await startVictim(report, { ...options, stopping })
  let found = true
  try {
    const outcome = await Promise.race([attack(victim, options, report, stopping), abortion(stopping)])
    found = outcome.violations.length > 0
    return outcome
  } finally {
    await victim.stop()
    const wanted = options.keep || (found && !stopping.aborted)
    // A datastore that was just stopped may still write.
    if (!wanted) await rm(victim.home.root, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
  }
}

async function attack(victim: Victim, options: RunOptions, report: Report, stopping: AbortSignal): Promise<Outcome> {
  const random = randomFrom(options.seed)
  const journal = new Journal()
  const log = new ActionLog(join(victim.home.root, 'actions.jsonl'))
  report.begin('customers')
  const crowd = await gatherCrowd(victim, journal, random, options.customers)
  report.done('customers', `${options.customers} of them, and an admin`)
  const processes = victim.processes()
  const schedule = planFaults({
    ...options,
    targets: processes.map(({ name }) => name),
    datastores: processes.filter(({ kind }) => kind === 'datastore').map(({ name }) => name),
    links: victim.links.map(({ name }) => name),
    steps: victim.bus.hasSteps ? steps : steps.filter((step) => !isBusStep(step)),
  })
  writeFileSync(join(victim.home.root, 'schedule.json'), `${JSON.stringify({ ...options, schedule }, null, 1)}\n`)
  const enough = new AbortController()
  const shopping = crowd.shop(enough.signal)
  const injector = new Injector(victim, log)
  report.begin('faults')
  await injector.carryOut(schedule, options.durationMs, stopping)
  injector.heal()
  enough.abort()
  report.done('faults', `${schedule.length} of them, seed ${options.seed}`)
  const verdict = await judge({ victim, journal, crowd, shopping, settleMs: options.settleMs }, report)
  crowd.leave()
  return { options, home: victim.home.root, log, journal, processes: processes.map(({ name }) => name), ...verdict }
}

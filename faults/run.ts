import { writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Report } from '../scripts/supervisor/report.ts'
import { ActionLog } from './action-log.ts'
import { check } from './checker.ts'
import type { Violation } from './checks/violation.ts'
import { type Crowd, gatherCrowd } from './crowd.ts'
import type { Evidence } from './evidence/evidence.ts'
import { readEvidence } from './evidence/read.ts'
import { historyOf } from './history.ts'
import { Injector } from './injector.ts'
import { Journal } from './journal.ts'
import { randomFrom } from './random.ts'
import { planFaults } from './schedule.ts'
import { startVictim, type Victim } from './shop.ts'

/** How long everything may take to be up again. */
const RECOVERY_MS = 120_000

export interface RunOptions {
  readonly seed: number
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

export interface Outcome {
  readonly options: RunOptions
  readonly home: string
  readonly log: ActionLog
  readonly journal: Journal
  readonly processes: readonly string[]
  /** How long it took until every process was ready again, and from then until the promise was kept. */
  readonly recoveredMs: number
  readonly settledMs: number
  readonly violations: readonly Violation[]
  /** Of each order that something is wrong with, everything that is known. */
  readonly histories: readonly object[]
}

/** Starts a shop, lets customers shop while faults are done to it, and checks the promise when all is up again. */
export async function runFaults(options: RunOptions, report: Report, stopping: AbortSignal): Promise<Outcome> {
  const victim = await startVictim(report, options.noInstall, options.preload)
  let found = true
  try {
    const outcome = await Promise.race([attack(victim, options, report, stopping), abortion(stopping)])
    found = outcome.violations.length > 0
    return outcome
  } finally {
    await victim.stop()
    if (!found && !options.keep) await rm(victim.home.root, { recursive: true, force: true })
  }
}

function abortion(stopping: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(stopping.reason)
    if (stopping.aborted) abort()
    else stopping.addEventListener('abort', abort, { once: true })
  })
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

interface Trial {
  readonly victim: Victim
  readonly journal: Journal
  readonly crowd: Crowd
  /** Resolves when every customer had a clear answer to all they asked. */
  readonly shopping: Promise<void>
  readonly settleMs: number
}

type Verdict = Pick<Outcome, 'recoveredMs' | 'settledMs' | 'violations' | 'histories'>

async function judge(trial: Trial, report: Report): Promise<Verdict> {
  const { victim, journal, crowd, shopping, settleMs } = trial
  report.begin('recovery')
  const healedAt = Date.now()
  while (Date.now() - healedAt < RECOVERY_MS && !(await victim.isReady())) await sleep(100)
  const readyAt = Date.now()
  report.done('recovery', 'every process is ready again')
  report.begin('settling')
  await Promise.race([shopping, sleep(settleMs)])
  let { evidence, violations } = await look(trial)
  while (violations.length > 0 && Date.now() - readyAt < settleMs) {
    await sleep(500)
    ;({ evidence, violations } = await look(trial))
  }
  const settledMs = Date.now() - readyAt
  report.done('settling', violations.length === 0 ? 'the promise is kept' : `${violations.length} violations`)
  report.begin('asking again')
  const otherwise = await Promise.race([crowd.askAgain(), sleep(settleMs, ['not every customer got an answer'])])
  report.done('asking again', `${journal.purchases.size} orders, each under its key`)
  const all = [...violations, ...otherwise.map((what) => ({ kind: 'told otherwise', what }))]
  const ids = [...new Set(all.flatMap(({ orderId }: Violation) => orderId ?? []))]
  return {
    recoveredMs: readyAt - healedAt,
    settledMs,
    violations: all,
    histories: ids.map((id) => historyOf(id, journal, evidence)),
  }
}

async function look({ victim, journal }: Trial): Promise<{ evidence: Evidence; violations: Violation[] }> {
  const evidence = await readEvidence(victim)
  return { evidence, violations: check(journal, evidence) }
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Report } from '../scripts/supervisor/report.ts'
import { check } from './checker.ts'
import type { Violation } from './checks/violation.ts'
import type { Crowd } from './crowd.ts'
import type { Evidence } from './evidence/evidence.ts'
import { readEvidence } from './evidence/read.ts'
import { historyOf } from './history.ts'
import type { Journal } from './journal.ts'
import type { Victim } from './shop.ts'

/** How long everything may take to be up again; RabbitMQ takes minutes on a busy machine. */
const RECOVERY_MS = 300_000
const LOOK_EVERY_MS = 500

export interface Trial {
  readonly victim: Victim
  readonly journal: Journal
  readonly crowd: Crowd
  /** Resolves when every customer had a clear answer to all they asked. */
  readonly shopping: Promise<void>
  /** How long everything may take to come right once all is up again. */
  readonly settleMs: number
}

export interface Verdict {
  /** How long it took until every process was ready again, and from then until the promise was kept. */
  readonly recoveredMs: number
  readonly settledMs: number
  readonly violations: readonly Violation[]
  /** Of each order that something is wrong with, everything that is known. */
  readonly histories: readonly object[]
}

/** Waits until all is up again, gives the shop its time, and says whether the promise was kept. */
export async function judge(trial: Trial, report: Report): Promise<Verdict> {
  const { victim, journal, settleMs } = trial
  const healedAt = Date.now()
  report.begin('recovery')
  const up = await eventually(() => victim.isReady(), RECOVERY_MS)
  const readyAt = Date.now()
  report.done('recovery', up ? 'every process is ready again' : 'not every process came up again')
  report.begin('settling')
  await Promise.race([trial.shopping, sleep(settleMs, undefined, { ref: false })])
  let seen = await look(trial)
  while (seen.violations.length > 0 && Date.now() - readyAt < settleMs) {
    await sleep(LOOK_EVERY_MS)
    seen = await look(trial)
  }
  const settledMs = Date.now() - readyAt
  const kept = seen.violations.length === 0
  report.done('settling', kept ? 'the promise is kept' : `${seen.violations.length} violations`)
  const otherwise = await askAgain(trial, report)
  // Nothing may come of asking again.
  if (kept) seen = await look(trial)
  const down = up ? [] : [{ kind: 'not up again', what: `within ${RECOVERY_MS / 1000} seconds` }]
  const { evidence } = seen
  const violations = [...down, ...seen.violations, ...otherwise]
  const ids = [...new Set(violations.flatMap(({ orderId }: Violation) => orderId ?? []))]
  return {
    recoveredMs: readyAt - healedAt,
    settledMs,
    violations,
    histories: evidence === undefined ? [] : ids.map((id) => historyOf(id, journal, evidence)),
  }
}

async function look(trial: Trial): Promise<{ evidence?: Evidence; violations: Violation[] }> {
  try {
    const evidence = await readEvidence(trial.victim)
    return { evidence, violations: check(trial.journal, evidence) }
  } catch (error) {
    return { violations: [{ kind: 'unreadable', what: `a datastore does not answer: ${error}` }] }
  }
}

async function askAgain({ crowd, journal, settleMs }: Trial, report: Report): Promise<Violation[]> {
  report.begin('asking again')
  const late = sleep(settleMs, ['not every customer got an answer'], { ref: false })
  const otherwise = await Promise.race([crowd.askAgain(), late])
  report.done('asking again', `${journal.purchases.size} orders, each under its key`)
  return otherwise.map((what) => ({ kind: 'told otherwise', what }))
}

async function eventually(isSo: () => Promise<boolean>, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs
  while (Date.now() < deadline) {
    if (await isSo()) return true
    await sleep(100)
  }
  return false
}

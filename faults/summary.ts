import { sumOf } from './action-log.ts'
import type { Outcome } from './run.ts'

const actions = ['kill', 'stop', 'step', 'pause', 'cut', 'delay', 'swallow', 'duplicate', 'power cut'] as const

/** What a run did and what it found, for programs. */
export function summarize({ options, home, log, journal, processes, recoveredMs, settledMs, violations }: Outcome) {
  const done = Object.fromEntries(actions.map((action) => [action, log.of(action)]))
  return {
    seed: options.seed,
    bus: options.bus,
    seconds: Math.round(options.durationMs / 1000),
    customers: options.customers,
    home,
    processes,
    faults: done,
    kills: sumOf(log.of('kill')),
    stepsNotReached: Object.keys(log.of('not reached')),
    failed: log.of('failed'),
    missed: log.of('missed'),
    ...journal.counts,
    unclearAnswers: Object.fromEntries(journal.unclearAnswers),
    recoveredSeconds: recoveredMs / 1000,
    settledSeconds: settledMs / 1000,
    violations,
  }
}

const SHOWN = 20

/** The same for people: a line for each kind of fault, then what came of it. */
export function describeOutcome(outcome: Outcome): string {
  const told = summarize(outcome)
  const faults = actions.flatMap((action) => {
    const counts = told.faults[action] ?? {}
    if (sumOf(counts) === 0) return []
    const parts = Object.entries(counts).sort(([, a], [, b]) => b - a)
    return [
      `  ${action.padEnd(10)} ${String(sumOf(counts)).padStart(4)}   ${parts.map(([name, n]) => `${name} ${n}`).join(', ')}`,
    ]
  })
  const { orders, toldLater, refused, cancelled, paidAgain, refunds, calls, unclear } = told
  return [
    '',
    ...faults,
    '',
    `  ${calls} requests, ${unclear} without a clear answer and made again`,
    ...Object.entries(told.unclearAnswers).map(([answer, n]) => `    ${String(n).padStart(6)}  ${answer}`),
    `  ${orders} orders accepted (${toldLater} told of only when asked again), ${refused} refused`,
    `  ${cancelled} cancelled, ${paidAgain} paid again, ${refunds} refunds by an admin`,
    `  ready again after ${told.recoveredSeconds.toFixed(1)} s, all settled ${told.settledSeconds.toFixed(1)} s later`,
    ...(told.stepsNotReached.length > 0 ? [`  armed but not reached: ${told.stepsNotReached.join(', ')}`] : []),
    '',
    ...told.violations
      .slice(0, SHOWN)
      .map(({ kind, what, orderId }) => `  BROKEN  ${kind}: ${what} ${orderId ?? ''}`.trimEnd()),
    ...(told.violations.length > SHOWN ? [`  … and ${told.violations.length - SHOWN} more`] : []),
    told.violations.length === 0
      ? `The promise was kept. (seed ${told.seed})`
      : `The promise was broken in ${told.violations.length} ways; logs, data and histories: ${told.home} (seed ${told.seed})`,
  ].join('\n')
}

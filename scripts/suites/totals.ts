/** How many tests of a suite passed and failed; `skipped` did not run at all. */
export interface Totals {
  passed: number
  failed: number
  skipped: number
}

/** Totals by suite. */
export type SuiteTotals = Record<string, Totals>

/** The totals of a suite, put there at zero if they aren't yet. */
export function totalsOf(suites: SuiteTotals, name: string): Totals {
  suites[name] ??= { passed: 0, failed: 0, skipped: 0 }
  return suites[name]
}

/** Adds the totals of another run. */
export function addTotals(suites: SuiteTotals, more: SuiteTotals): void {
  for (const [name, { passed, failed, skipped }] of Object.entries(more)) {
    const totals = totalsOf(suites, name)
    totals.passed += passed
    totals.failed += failed
    totals.skipped += skipped
  }
}

/** A line for each suite, and at the end `N passed, N failed` alone on a line. */
export function describeTotals(suites: SuiteTotals): string {
  const all = Object.values(suites)
  const sum = (pick: (totals: Totals) => number) => all.reduce((total, each) => total + pick(each), 0)
  const lines = Object.entries(suites).map(([name, { passed, failed, skipped }]) => {
    const left = skipped > 0 ? `, ${skipped} not run` : ''
    return `  ${name.padEnd(12)} ${passed} passed, ${failed} failed${left}`
  })
  return [...lines, '', `${sum(({ passed }) => passed)} passed, ${sum(({ failed }) => failed)} failed`].join('\n')
}

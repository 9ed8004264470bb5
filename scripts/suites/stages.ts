import { runVitest } from './run-vitest.ts'
import { addTotals, type SuiteTotals } from './totals.ts'

/**
 * A whole run, one stage after the other. Suites of one stage that stand apart run side by side: each has a shop of its
 * own and mostly waits for it. What kills a whole shop again and again needs the machine to itself.
 */
const stages: readonly (readonly (readonly string[])[])[] = [
  [['unit', 'integration', 'contract', 'conformance', 'scripts']],
  [['browser'], ['e2e']],
  [['faults']],
]

/** Runs every suite, and counts what it ran. */
export async function runAllSuites(
  environment: Readonly<Record<string, string>>,
  stopping: AbortSignal,
): Promise<SuiteTotals> {
  const totals: SuiteTotals = {}
  for (const stage of stages) {
    if (stopping.aborted) break
    // Two that redraw their progress on one terminal would write over each other.
    const quiet = stage.length > 1 ? { ...environment, CI: 'true' } : environment
    const runs = stage.map((suites) =>
      runVitest(
        suites.map((suite) => `--project=${suite}`),
        quiet,
        stopping,
      ),
    )
    for (const run of await Promise.all(runs)) addTotals(totals, run)
  }
  return totals
}

import { writeFileSync } from 'node:fs'
import type { SerializedError } from 'vitest'
import type { Reporter, TestModule } from 'vitest/node'
import { type SuiteTotals, totalsOf } from './totals.ts'

/** Writes the totals of each suite as JSON to the file that `PORTICO_TOTALS_FILE` names. A file that can't be loaded, a
 *  hook that fails and an error that no test caught count as one failure each. */
export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const suites: SuiteTotals = {}
    for (const module of modules) count(module, suites)
    if (unhandled.length > 0) totalsOf(suites, 'uncaught').failed += unhandled.length
    const file = process.env.PORTICO_TOTALS_FILE
    if (file !== undefined) writeFileSync(file, JSON.stringify(suites))
  }
}

function count(module: TestModule, suites: SuiteTotals): void {
  const totals = totalsOf(suites, module.project.name)
  totals.failed += module.errors().length
  for (const suite of module.children.allSuites()) totals.failed += suite.errors().length
  for (const test of module.children.allTests()) {
    const { state } = test.result()
    if (state === 'passed') totals.passed += 1
    else if (state === 'failed') totals.failed += 1
    else totals.skipped += 1
  }
}

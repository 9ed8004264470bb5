import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectRoot } from '../home.ts'
import { runHere } from '../run-program.ts'
import { type SuiteTotals, totalsOf } from './totals.ts'

const vitest = join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs')
const reporter = join(projectRoot, 'scripts', 'suites', 'totals-reporter.ts')

/** Runs vitest in this terminal with the words and variables given, and counts what it ran. */
export async function runVitest(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  stopping: AbortSignal,
): Promise<SuiteTotals> {
  const folder = mkdtempSync(join(tmpdir(), 'portico-totals-'))
  const totalsFile = join(folder, 'totals.json')
  const env = { ...process.env, ...environment, PORTICO_TOTALS_FILE: totalsFile }
  const reporters = ['--reporter=default', `--reporter=${reporter}`]
  try {
    const words = [vitest, 'run', ...reporters, ...args]
    const code = await runHere(process.execPath, words, { env, cwd: projectRoot, stopping })
    const suites: SuiteTotals = existsSync(totalsFile) ? JSON.parse(readFileSync(totalsFile, 'utf8')) : {}
    const failed = Object.values(suites).some((totals) => totals.failed > 0)
    // What vitest itself found wrong is never lost, whatever the reporter could count.
    if (code !== 0 && !failed) totalsOf(suites, 'vitest').failed += 1
    return suites
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

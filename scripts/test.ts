import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, runCommand } from './command-line/command.ts'
import { stopSignal } from './command-line/stop-request.ts'
import { projectRoot } from './home.ts'
import { runHere } from './run-program.ts'
import { runChecks } from './suites/checks.ts'
import { chooseParts } from './suites/parts.ts'
import { startTestDatastores, type TestDatastores } from './suites/test-home.ts'
import { describeTotals, type SuiteTotals, totalsOf } from './suites/totals.ts'
import { createReport } from './supervisor/report.ts'

const vitest = join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs')
const reporter = join(projectRoot, 'scripts', 'suites', 'totals-reporter.ts')

const command: Command = {
  help: `Runs the checks and all suites against real datastores, which it starts and removes again.

  npm test                    everything
  npm test -- order           one part: a service, a suite (unit, integration, contract, conformance, scripts, e2e,
                              check), or whatever files have this in their path; several are run together
    --no-install              install no database server`,
  options: { 'no-install': { type: 'boolean' } },
  async run({ flags, words }) {
    const parts = chooseParts(words)
    const suites: SuiteTotals = {}
    if (parts.check) suites.check = await runChecks()
    if (parts.vitest !== undefined) await runSuites(parts.vitest, flags['no-install'] ?? false, suites)
    console.log(`\n${describeTotals(suites)}`)
    return Object.values(suites).some(({ failed }) => failed > 0) ? 1 : 0
  },
}

async function runSuites(args: readonly string[], noInstall: boolean, suites: SuiteTotals): Promise<void> {
  const report = createReport()
  const stopping = stopSignal()
  const datastores = await startTestDatastores(report, noInstall, stopping)
  report.end()
  try {
    Object.assign(suites, await runVitest(args, datastores, stopping))
  } finally {
    await datastores.stop()
  }
}

async function runVitest(
  args: readonly string[],
  { home, environment }: TestDatastores,
  stopping: AbortSignal,
): Promise<SuiteTotals> {
  const totalsFile = join(home.root, 'totals.json')
  const env = { ...process.env, ...environment, PORTICO_TOTALS_FILE: totalsFile }
  const reporters = ['--reporter=default', `--reporter=${reporter}`]
  const code = await runHere(process.execPath, [vitest, 'run', ...reporters, ...args], {
    env,
    cwd: projectRoot,
    stopping,
  })
  const suites: SuiteTotals = existsSync(totalsFile) ? JSON.parse(readFileSync(totalsFile, 'utf8')) : {}
  const failed = Object.values(suites).some((totals) => totals.failed > 0)
  // What vitest itself found wrong is never lost, whatever the reporter could count.
  if (code !== 0 && !failed) totalsOf(suites, 'vitest').failed += 1
  return suites
}

await runCommand(command)

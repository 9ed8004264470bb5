import { type Command, runCommand } from './command-line/command.ts'
import { stopSignal } from './command-line/stop-request.ts'
import { runChecks } from './suites/checks.ts'
import { chooseParts } from './suites/parts.ts'
import { runVitest } from './suites/run-vitest.ts'
import { startTestDatastores } from './suites/test-home.ts'
import { describeTotals, type SuiteTotals } from './suites/totals.ts'
import { createReport } from './supervisor/report.ts'

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
    Object.assign(suites, await runVitest(args, datastores.environment, stopping))
  } finally {
    await datastores.stop()
  }
}

await runCommand(command)

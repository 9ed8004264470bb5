import { findOrInstallChromium } from './browser/chromium.ts'
import { type Command, runCommand } from './command-line/command.ts'
import { stopSignal } from './command-line/stop-request.ts'
import { runChecks } from './suites/checks.ts'
import { chooseParts, listTestFiles, type Parts } from './suites/parts.ts'
import { runVitest } from './suites/run-vitest.ts'
import { runAllSuites } from './suites/stages.ts'
import { startTestDatastores } from './suites/test-home.ts'
import { describeTotals, type SuiteTotals } from './suites/totals.ts'
import { createReport } from './supervisor/report.ts'

const command: Command = {
  help: `Runs the checks and all suites against real datastores, which it starts and removes again.

  npm test                    everything
  npm test -- order           one part: a service, a suite (unit, integration, contract, conformance, scripts, e2e,
                              browser, faults, check), or whatever files have this in their path; several are run together
    --no-install              install no database server and no browser`,
  options: { 'no-install': { type: 'boolean' } },
  maxWords: Number.POSITIVE_INFINITY,
  async run({ flags, words }) {
    const parts = chooseParts(words, await listTestFiles())
    const suites: SuiteTotals = {}
    if (parts.check) suites.check = await runChecks()
    if (parts.vitest !== undefined) await runSuites(parts, flags['no-install'] ?? false, suites)
    console.log(`\n${describeTotals(suites)}`)
    return Object.values(suites).some(({ failed }) => failed > 0) ? 1 : 0
  },
}

async function runSuites(parts: Parts, noInstall: boolean, suites: SuiteTotals): Promise<void> {
  const report = createReport()
  const stopping = stopSignal()
  const datastores = await startTestDatastores(parts.servers, report, noInstall, stopping)
  try {
    const install = { noInstall, report, log: datastores.home.log('install') }
    const browser = parts.browser && { CHROMIUM_PATH: await findOrInstallChromium(install) }
    report.end()
    const environment = { ...datastores.environment, ...browser }
    const words = parts.vitest ?? []
    Object.assign(
      suites,
      words.length > 0 ? await runVitest(words, environment, stopping) : await runAllSuites(environment, stopping),
    )
  } finally {
    await datastores.stop()
  }
}

await runCommand(command)

import { type Command, runCommand } from './command-line/command.ts'
import { runChecks } from './suites/checks.ts'
import { describeTotals } from './suites/totals.ts'

const command: Command = {
  help: `Checks types, format and lint, and that dependencies point only where they may.

  npm run check`,
  options: {},
  async run() {
    const totals = await runChecks()
    console.log(`\n${describeTotals({ check: totals })}`)
    return totals.failed === 0 ? 0 : 1
  },
}

await runCommand(command)

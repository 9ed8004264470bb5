import { type Command, runCommand } from './command-line/command.ts'
import { stopSignal } from './command-line/stop-request.ts'
import { everyServer, startTestDatastores } from './suites/test-home.ts'
import { createReport } from './supervisor/report.ts'

const command: Command = {
  help: `Runs one server of each datastore for tests run by hand, until it is stopped. Prints the variables that tests need.

  node_modules/.bin/node scripts/test-datastores.ts > /tmp/datastores.env &
  . /tmp/datastores.env && node_modules/.bin/vitest run services/order`,
  options: { 'no-install': { type: 'boolean' } },
  async run({ flags }) {
    const stopping = stopSignal()
    const datastores = await startTestDatastores(
      everyServer,
      createReport(process.stderr),
      flags['no-install'] ?? false,
      stopping,
    )
    const stopRequest = new Promise((resolve) => stopping.addEventListener('abort', resolve, { once: true }))
    for (const [name, url] of Object.entries(datastores.environment)) console.log(`export ${name}='${url}'`)
    await stopRequest
    await datastores.stop()
    return 0
  },
}

await runCommand(command)

import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, runCommand } from './command-line/command.ts'
import { UserError } from './command-line/user-error.ts'
import { type Home, openHome } from './home.ts'
import { findHolder } from './supervisor/home-lock.ts'
import { stopLeftovers } from './supervisor/leftovers.ts'
import { isRunning } from './supervisor/process-identity.ts'
import { readRunFile, removeRunFile } from './supervisor/run-file.ts'

const patienceMs = 10_000

const command: Command = {
  help: `Stops the running shop; its data stays.

  npm run stop -- [--home DIR]`,
  options: { home: { type: 'string' } },
  async run({ values }) {
    const home = openHome(values.home)
    console.log((await stopShop(home)) ? 'All is stopped.' : `Nothing runs in ${home.root}.`)
    return 0
  },
}

/** Stops the supervisor of a home and all it started, or what a killed one left; whether there was anything to stop. */
async function stopShop(home: Home): Promise<boolean> {
  const holder = findHolder(home)
  if (holder !== undefined) {
    process.kill(holder.pid, 'SIGTERM')
    const deadline = Date.now() + patienceMs
    while (isRunning(holder)) {
      if (Date.now() > deadline)
        throw new UserError(`Process ${holder.pid} does not stop. End it with: kill -9 ${holder.pid}`)
      await sleep(20)
    }
  }
  const left = await stopLeftovers(readRunFile(home.runFile))
  removeRunFile(home.runFile)
  return holder !== undefined || left.length > 0
}

await runCommand(command)

import { rm } from 'node:fs/promises'
import { type Command, runCommand } from './command-line/command.ts'
import { confirm } from './command-line/confirm.ts'
import { hint } from './command-line/hint.ts'
import { UserError } from './command-line/user-error.ts'
import { dataOf, openHome, requireHome } from './home.ts'
import { findHolder, lockHome } from './supervisor/home-lock.ts'
import { stopLeftovers } from './supervisor/leftovers.ts'
import { readRunFile, removeRunFile } from './supervisor/run-file.ts'

const command: Command = {
  help: `Drops all data, keys, passwords and logs of a stopped shop. Installed tools stay.

  npm run reset -- [--yes] [--home DIR]`,
  options: { yes: { type: 'boolean', short: 'y' }, home: { type: 'string' } },
  async run({ flags, values }) {
    const home = openHome(values.home)
    requireHome(home)
    if (findHolder(home) !== undefined)
      throw new UserError(`The shop runs in ${home.root}. Stop it first: ${hint(home, 'stop')}`)
    if (!flags.yes && !(await confirm(`Drop all data, keys and logs in ${home.root}?`, hint(home, 'reset', '--yes')))) {
      console.log('Nothing was dropped.')
      return 1
    }
    const unlock = lockHome(home)
    try {
      await stopLeftovers(readRunFile(home.runFile))
      for (const path of dataOf(home)) await rm(path, { recursive: true, force: true })
      removeRunFile(home.runFile)
    } finally {
      unlock()
    }
    console.log(`The data in ${home.root} is dropped.`)
    return 0
  },
}

await runCommand(command)

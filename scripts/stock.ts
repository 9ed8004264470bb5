import { join } from 'node:path'
import { type Command, runCommand } from './command-line/command.ts'
import { UserError } from './command-line/user-error.ts'
import { openHome, projectRoot } from './home.ts'
import { runHere } from './run-program.ts'
import { findDatabaseUrl } from './shop/running-url.ts'

const command: Command = {
  help: `Compares the stock of the running shop with its ledger of movements.

  npm run stock -- check [--home DIR]     shows what differs, changes nothing; exit code 1 if anything does
  npm run stock -- rebuild [--home DIR]   sets every stock to what the ledger says, while the shop runs`,
  options: { home: { type: 'string' } },
  maxWords: 1,
  async run({ values, words: [action] }) {
    if (action !== 'check' && action !== 'rebuild') {
      throw new UserError('What to do? npm run stock -- check, or rebuild')
    }
    const url = findDatabaseUrl(openHome(values.home), 'product', 'POSTGRES_URL')
    const script = join(projectRoot, 'services', 'product', 'src', 'rebuild-stock.ts')
    const env = { ...process.env, POSTGRES_URL: url }
    return (await runHere(process.execPath, [script, action], { env })) === 0 ? 0 : 1
  },
}

await runCommand(command)

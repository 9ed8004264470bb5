import { type Command, runCommand } from './command-line/command.ts'
import { UserError } from './command-line/user-error.ts'
import { openHome, requireHome } from './home.ts'
import { findDatabaseUrl } from './shop/running-url.ts'
import { seedCatalogue } from './shop/shop.ts'
import { readLastLines } from './supervisor/log-file.ts'

const command: Command = {
  help: `Puts what is missing of the demo catalogue into the running shop (npm start does it too).

  npm run seed -- [--home DIR]`,
  options: { home: { type: 'string' } },
  async run({ values }) {
    const home = openHome(values.home)
    const url = findDatabaseUrl(home, 'product', 'POSTGRES_URL')
    requireHome(home)
    const log = home.log('seed')
    const code = await seedCatalogue(url, log)
    const lines = readLastLines(log, code === 0 ? 1 : 12).join('\n')
    if (code !== 0) throw new UserError(`The catalogue could not be put in:\n${lines}`)
    console.log(lines)
    return 0
  },
}

await runCommand(command)

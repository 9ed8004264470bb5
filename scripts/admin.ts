import { join } from 'node:path'
import { askPassword } from './command-line/ask-password.ts'
import { type Command, runCommand } from './command-line/command.ts'
import { UserError } from './command-line/user-error.ts'
import { openHome, projectRoot } from './home.ts'
import { runHere } from './run-program.ts'
import { findDatabaseUrl } from './shop/running-url.ts'

const variable = 'PORTICO_ADMIN_PASSWORD'

const command: Command = {
  help: `Makes an admin of the running shop. The password is asked for, or taken from ${variable}.

  npm run admin -- create EMAIL [--home DIR]`,
  options: { home: { type: 'string' } },
  maxWords: 2,
  async run({ values, words: [action, email] }) {
    if (action !== 'create' || email === undefined) {
      throw new UserError('What to do? npm run admin -- create EMAIL')
    }
    const url = findDatabaseUrl(openHome(values.home), 'user', 'MONGODB_URL')
    const password = process.env[variable] ?? (await askPassword(`Password for ${email}: `, variable))
    const script = join(projectRoot, 'services', 'user', 'src', 'create-admin.ts')
    const env = { ...process.env, MONGODB_URL: url, [variable]: password }
    return (await runHere(process.execPath, [script, email], { env })) === 0 ? 0 : 1
  },
}

await runCommand(command)

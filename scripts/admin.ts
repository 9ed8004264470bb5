import { join } from 'node:path'
import { askPassword } from './command-line/ask-password.ts'
import { type Command, runCommand } from './command-line/command.ts'
import { hint } from './command-line/hint.ts'
import { UserError } from './command-line/user-error.ts'
import { openHome, projectRoot } from './home.ts'
import { runHere } from './run-program.ts'
import { findDatabaseUrl } from './shop/running-url.ts'

const variable = 'PORTICO_ADMIN_PASSWORD'

/** The exit code of `create-admin.ts` for an address that belongs to an account already. */
const EMAIL_TAKEN = 2

const command: Command = {
  help: `Makes an admin of the running shop. The new admin's password is asked for, or taken from ${variable}.

  npm run admin -- create EMAIL [--home DIR]
  npm run admin -- promote EMAIL [--home DIR]   makes an existing account an admin and ends its sessions`,
  options: { home: { type: 'string' } },
  maxWords: 2,
  async run({ values, words: [action, email] }) {
    if ((action !== 'create' && action !== 'promote') || email === undefined) {
      throw new UserError('What to do? npm run admin -- create EMAIL, or promote EMAIL')
    }
    const home = openHome(values.home)
    const env = { ...process.env, MONGODB_URL: findDatabaseUrl(home, 'user', 'MONGODB_URL') }
    if (action === 'promote') return (await runScript('promote-admin.ts', email, env)) === 0 ? 0 : 1
    const password = process.env[variable] ?? (await askPassword(`Password for ${email}: `, variable))
    const code = await runScript('create-admin.ts', email, { ...env, [variable]: password })
    if (code === EMAIL_TAKEN) throw new UserError(`Make it an admin: ${hint(home, 'admin', `promote ${email}`)}`)
    return code === 0 ? 0 : 1
  },
}

const runScript = (name: string, email: string, env: NodeJS.ProcessEnv) =>
  runHere(process.execPath, [join(projectRoot, 'services', 'user', 'src', name), email], { env })

await runCommand(command)

import { spawnSync } from 'node:child_process'
import { UserError } from '../command-line/user-error.ts'

/** The user without rights that every distribution has; initdb refuses a number without a name. */
export const nobody = 65534
const asNobodyInside = ['--user', `--map-user=${nobody}`, `--map-group=${nobody}`]
const asNobody = [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--no-new-privs', '--inh-caps=-all']

/** Puts what a server needs before its command so that it does not run as root; the process stays the server's own.
 *  @throws UserError when we are root and the system has no way to do it. */
export function unprivileged(command: string, args: readonly string[]): [command: string, args: string[]] {
  switch (confinement()) {
    case 'none':
      return [command, [...args]]
    case 'namespace':
      return ['unshare', [...asNobodyInside, '--', command, ...args]]
    case 'nobody':
      return ['setpriv', [...asNobody, '--', command, ...args]]
  }
}

/** How servers are kept from the rights of root: `namespace` gives each a user of its own in any folder, `nobody` runs them
 *  as that user where containers forbid namespaces, `none` is enough where we are not root. */
export type Confinement = 'none' | 'namespace' | 'nobody'

let known: Confinement | undefined

/** @throws UserError when we are root and the system has no way to drop its rights. */
export function confinement(): Confinement {
  known ??= choose()
  return known
}

function choose(): Confinement {
  if (process.getuid?.() !== 0) return 'none'
  if (works('unshare', asNobodyInside)) return 'namespace'
  if (works('setpriv', asNobody)) return 'nobody'
  throw new UserError(
    'Database servers are not run as root, and this system allows neither `unshare --user` nor `setpriv` to run them as another user.\n' +
      'Start Portico as an ordinary user, or give the URLs of servers that already run (MONGODB_URL, POSTGRES_URL, MYSQL_URL, REDIS_URL).',
  )
}

function works(command: string, options: readonly string[]): boolean {
  return spawnSync(command, [...options, '--', 'true'], { stdio: 'ignore' }).status === 0
}

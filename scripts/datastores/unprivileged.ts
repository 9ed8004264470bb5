import { spawnSync } from 'node:child_process'
import { UserError } from '../command-line/user-error.ts'

const asUser1000 = ['--user', '--map-user=1000', '--map-group=1000']

/** Puts what a server needs before its command so that it does not run as root; the process stays the server's own.
 *  @throws UserError when we are root and the system has no `unshare --user`. */
export function unprivileged(command: string, args: readonly string[]): [command: string, args: string[]] {
  if (process.getuid?.() !== 0) return [command, [...args]]
  requireUnshare()
  return ['unshare', [...asUser1000, '--', command, ...args]]
}

let known: boolean | undefined

function requireUnshare(): void {
  known ??= spawnSync('unshare', [...asUser1000, '--', 'true'], { stdio: 'ignore' }).status === 0
  if (known) return
  throw new UserError(
    'Database servers are not run as root, and this system does not allow `unshare --user` to give them a user of their own.\n' +
      'Start Portico as an ordinary user, or give the URLs of servers that already run (MONGODB_URL, POSTGRES_URL, MYSQL_URL, REDIS_URL).',
  )
}

import { join, resolve } from 'node:path'
import { type Home, projectRoot } from '../home.ts'

/**
 * A command as a person would type it for this home, `--home` included where it is not the one meant without it.
 *
 * @param command Such as `logs`.
 * @param words What stands after `--`, such as `order -f`.
 */
export function hint(home: Home, command: string, words = ''): string {
  const run = ['start', 'test', 'stop'].includes(command) ? `npm ${command}` : `npm run ${command}`
  const implied = resolve(process.env.PORTICO_HOME ?? join(projectRoot, '.portico'))
  const option = home.root === implied ? '' : `--home ${quoted(home.root)}`
  const rest = [words, option].filter((part) => part !== '').join(' ')
  return rest === '' ? run : `${run} -- ${rest}`
}

const quoted = (path: string) => (/^[\w./~@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`)

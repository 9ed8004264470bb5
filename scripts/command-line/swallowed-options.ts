import { basename } from 'node:path'
import { UserError } from './user-error.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Refuses a command line from which npm took options because `--` was forgotten: `npm start --home DIR` reaches the
 * script as the word `DIR`, and the option as a variable.
 *
 * @param names The command's options, without dashes.
 * @param argv The script's path, then its words.
 * @throws UserError with the command line that was meant
 */
export function refuseSwallowedOptions(names: readonly string[], argv: readonly string[], env: Environment): void {
  const [script = '', ...words] = argv
  const event = env.npm_lifecycle_event
  // Variables of an outer npm command say nothing about this one.
  if (event === undefined || event.replace(':', '-') !== basename(script, '.ts')) return
  const taken = names.filter((name) => isTaken(name, env))
  if (taken.length === 0) return
  const run = ['start', 'test', 'stop'].includes(event) ? `npm ${event}` : `npm run ${event}`
  const options = taken.map((name) => asTyped(name, env))
  throw new UserError(
    `npm took ${taken.map((name) => `--${name}`).join(', ')} for itself. Put "--" before the options:\n` +
      `  ${[run, '--', ...options, ...words].join(' ')}`,
  )
}

/** npm turns `--no-install` into an empty `npm_config_install`. */
function isTaken(name: string, env: Environment): boolean {
  const positive = /^no-(.+)/.exec(name)?.[1]
  return positive === undefined ? Boolean(env[variable(name)]) : env[variable(positive)] === ''
}

function asTyped(name: string, env: Environment): string {
  const value = env[variable(name)]
  return value === undefined || value === '' || value === 'true' ? `--${name}` : `--${name}=${value}`
}

const variable = (name: string) => `npm_config_${name.replaceAll('-', '_')}`

import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import type { Environment } from './config/load.ts'

/**
 * The variables that kong.yml may ask for: `DECK_…` of the process, and over them those of the file, which has Node's
 * `--env-file` form: `NAME="value"` lines, `\n` inside double quotes for a line break. The file may name others too.
 * @throws Error when the file can't be read.
 */
export function readEnvironment(file: string | undefined): Environment {
  const own = file === undefined ? {} : parseEnv(readFileSync(file, 'utf8'))
  return Object.fromEntries(Object.entries({ ...process.env, ...own }).filter(([name]) => name.startsWith('DECK_')))
}

import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import type { Environment } from './config/load.ts'
import { SettingError } from './settings/setting-error.ts'

/**
 * The variables that kong.yml may ask for: `DECK_…` of the process, and over them those of the file, which has Node's
 * `--env-file` form: `NAME="value"` lines, `\n` inside double quotes for a line break. The file may name others too.
 * @throws SettingError when the file can't be read.
 */
export function readEnvironment(file: string | undefined): Environment {
  const own = file === undefined ? {} : parseEnv(readEnvFile(file))
  return Object.fromEntries(Object.entries({ ...process.env, ...own }).filter(([name]) => name.startsWith('DECK_')))
}

function readEnvFile(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new SettingError(`--env-file ${file} can't be read: ${error instanceof Error ? error.message : error}`)
  }
}

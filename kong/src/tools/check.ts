import { readFileSync } from 'node:fs'
import { type Environment, loadConfiguration, type Problem } from '../config/load.ts'
import { readEnvironment } from '../environment.ts'
import { enabledPlugins } from '../own-plugins/enabled-plugins.ts'
import { registry as builtIn } from '../plugins/index.ts'
import type { Plugin } from '../plugins/plugin.ts'

export interface CheckReport {
  readonly ok: boolean
  /** One line for each problem, `FILE:LINE:COL  path: message`, in the order of the file, and a summary. */
  readonly output: string
}

export interface CheckOptions {
  readonly envFile?: string | undefined
  /** Paths of plugins of one's own that the file may use besides the built-in ones. */
  readonly plugins?: readonly string[] | undefined
}

/** Prints what is wrong with a kong.yml; answers the exit code. @throws SettingError for a wrong plugin file */
export async function checkFile(path: string, { envFile, plugins = [] }: CheckOptions = {}): Promise<number> {
  const registry = await enabledPlugins(['bundled', ...plugins])
  const { ok, output } = reportOn(path, readEnvironment(envFile), registry)
  console.log(output)
  return ok ? 0 : 1
}

/** Tells every problem of a kong.yml. */
export function reportOn(path: string, env: Environment, registry: ReadonlyMap<string, Plugin> = builtIn): CheckReport {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return { ok: false, output: `${path}: can't be read: ${error instanceof Error ? error.message : error}` }
  }
  const result = loadConfiguration(text, { registry, env, vaultEnv: { ...process.env, ...env } })
  const errors = [...(result.ok ? [] : result.problems), ...result.duplicates]
  const warnings = result.ok ? writeProblems(path, result.warnings, 'warning: ') : []
  if (!result.ok || errors.length > 0) {
    const unset = errors.some(({ message }) => message.endsWith('is not set'))
    const lines = [...writeProblems(path, errors), ...warnings, summaryOf(errors.length), ...(unset ? [hint] : [])]
    return { ok: false, output: lines.join('\n') }
  }
  const counts = Object.entries(result.flattened).map(([name, entities]) => `${Object.keys(entities).length} ${name}`)
  const summary = `${path}: valid (${counts.join(', ') || 'nothing in it'})`
  return { ok: true, output: [...warnings, summary].join('\n') }
}

const hint =
  'Give the values in the environment or by --env-file FILE; a shop that was started has them in .portico/kong.env.'

const summaryOf = (count: number): string => `${count} ${count === 1 ? 'error' : 'errors'}`

/** Problems as lines, sorted by place. */
export function writeProblems(file: string, problems: readonly Problem[], prefix = ''): string[] {
  const place = ({ line = 0, column = 0 }: Problem): number => line * 1e6 + column
  return [...problems]
    .sort((a, b) => place(a) - place(b))
    .map(({ line, column, path, message }) => {
      const where = line === undefined ? file : `${file}:${line}:${column}`
      return `${where}  ${path === '' ? '' : `${path}: `}${prefix}${message}`
    })
}

import { readFileSync } from 'node:fs'
import { readEnvironment } from '../environment.ts'
import type { Gateway, LoadRequest } from '../gateway.ts'
import { describeProblem, type Origin } from '../gateway-state.ts'

/**
 * Reads the file that the settings name and puts it in force. Problems are logged, and the configuration before stays
 * in force; once the gateway runs, nothing that is wrong with a file rejects.
 * @returns whether the file is in force
 * @throws SettingError at the start only, for an env file that can't be read
 */
export async function loadFiles(gateway: Gateway, source: Origin): Promise<boolean> {
  const { settings, worker } = gateway
  const { config, configText } = settings
  if (config === undefined && configText === undefined) return true
  const place = config ?? 'KONG_DECLARATIVE_CONFIG_STRING'
  try {
    const text = config === undefined ? (configText ?? '') : readFileSync(config, 'utf8')
    const format = /\.json$/.test(place) ? 'json' : 'any'
    const request: LoadRequest = { source, env: readEnvironment(settings.envFile), format }
    // Nobody waits for answers yet at the start, and a thread would take time and memory of its own.
    const result = source === 'start' ? gateway.load(text, request) : await gateway.loadLive(text, request)
    if (result.ok) {
      for (const warning of [...result.duplicates, ...result.warnings])
        worker.log.warn(`${place}:${describeProblem(warning)}`)
      if (source !== 'start') worker.log.info('the new configuration is in force', { hash: gateway.configuration.hash })
      return true
    }
    for (const problem of result.problems) worker.log.error(`${place}:${describeProblem(problem)}`)
  } catch (error) {
    if (source === 'start' && !isSystemError(error)) throw error
    const message = error instanceof Error ? error.message : String(error)
    worker.log.error(message)
    gateway.state.noteUnreadable(message, source, new Date())
  }
  if (source !== 'start') worker.log.error('the configuration before stays in force')
  return false
}

/** Whether an error came from the operating system, such as ENOENT. */
export const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && 'syscall' in error

import type { Log } from './exchange.ts'
import type { LogLevel } from './settings.ts'

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/** Writes one line for each message to standard error: for people, or as JSON. */
export function createLog(level: LogLevel, format: 'text' | 'json'): Log {
  const lowest = LEVELS.indexOf(level)
  const write = format === 'json' ? writeJson : writeText
  const at = (each: LogLevel) => (message: string, fields?: object) => {
    if (LEVELS.indexOf(each) >= lowest) process.stderr.write(`${write(each, message, fields)}\n`)
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

const writeJson = (level: LogLevel, message: string, fields?: object): string =>
  JSON.stringify({ time: new Date().toISOString(), level, msg: message, ...fields }, showErrors)

function writeText(level: LogLevel, message: string, fields?: object): string {
  const details = Object.entries(fields ?? {}).map(([name, value]) => {
    return `${name}=${typeof value === 'string' ? value : JSON.stringify(showErrors('', value), showErrors)}`
  })
  return [new Date().toISOString(), level, message, ...details].join(' ')
}

const showErrors = (_: string, value: unknown): unknown =>
  value instanceof Error ? (value.stack ?? value.message) : value

import { type DestinationStream, type LogFn, type Logger, pino } from 'pino'
import { loggedError } from './logged-error.ts'

export type Log = Logger

const secrets = ['password', 'token', 'refreshToken', 'authorization']

/**
 * Writes JSON lines to standard output, without secrets: known fields are redacted, and of errors only what `loggedError`
 * lets through is written, since drivers attach whole statements and documents to theirs.
 *
 * @param destination For tests: where lines go instead.
 */
export function createLog(service: string, level = 'info', destination?: DestinationStream): Log {
  const options = {
    level,
    base: { service },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: loggedError },
    hooks: {
      // For an error without a message of ours, pino would write the error's own.
      logMethod(args: Parameters<LogFn>, write: LogFn) {
        const [first, message] = args as unknown[]
        if (first instanceof Error && message === undefined)
          write.call(this, { err: first }, 'an error without a message')
        else write.apply(this, args)
      },
    },
    redact: { paths: secrets.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
  }
  return destination ? pino(options, destination) : pino(options)
}

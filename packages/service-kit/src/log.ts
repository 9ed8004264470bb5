import { type Logger, pino } from 'pino'

export type Log = Logger

/** JSON lines on standard output; secrets that could come along in objects are taken out. */
export function createLog(service: string, level = 'info'): Log {
  return pino({
    level,
    base: { service },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: [
        'password',
        'token',
        'refreshToken',
        'authorization',
        '*.password',
        '*.token',
        '*.refreshToken',
        '*.authorization',
      ],
      censor: '[redacted]',
    },
  })
}

/** What a log line says of an error. */
export interface LoggedError {
  readonly type: string
  readonly message: string
  readonly stack: string
  readonly cause?: LoggedError
  readonly [detail: string]: unknown
}

/**
 * Details that are written. Everything else stays out: mysql2 attaches the statement with its values (`sql`), pg rows
 * (`detail`, `where`), mongodb documents (`writeErrors`, `keyValue`), ioredis the command's arguments (`command`).
 */
const details = [
  ...['code', 'errno', 'syscall', 'address', 'port', 'status', 'sqlState', 'severity', 'routine'],
  ...['schema', 'table', 'column', 'constraint', 'codeName'],
] as const

const DEEPEST = 5

/** Characters of a message that are written. */
const LONGEST = 2000

/** Values that datastores quote in their messages. */
const quotedValues: readonly [RegExp, string][] = [
  // MySQL and MariaDB: a duplicate entry, a wrong value, the rest of a statement with a syntax error.
  [/\b(entry|value:?|near) '.*'(?= for key| for column| at line )/gs, "$1 '[redacted]'"],
  // PostgreSQL.
  [/\b(input syntax for .*?|input value for .*?): ".*"/gs, '$1: "[redacted]"'],
  // MongoDB.
  [/\bdup key: \{.*\}/gs, 'dup key: {[redacted]}'],
  // Redis.
  [/\bwith args beginning with: .*/gs, 'with args beginning with: [redacted]'],
]

/** Payment tokens, JWTs, and addresses: of people, or of a URL's `user:password@host`. */
const secretShapes = /\btok_[a-z0-9_]+|\beyJ[\w-]+\.[\w-]+\.[\w-]*|[\w.+%-]+(?::[^\s:@/]*)?@[\w-]+(?:\.[\w-]+)+/gi

/**
 * An error as it may be logged: its class, message, stack, cause and an allowlist of details, without values that a
 * datastore quotes and without anything that looks like a token or an address.
 */
export function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: scrub(String(error)), stack: '' }
  const known = error as Error & Readonly<Record<string, unknown>>
  const kept = details.flatMap((name) => (isPlain(known[name]) ? [[name, known[name]] as const] : []))
  // The stack repeats the message, over as many lines as that has.
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return {
    type: error.name,
    message: scrub(error.message),
    stack: scrub(frames.join('\n')),
    ...Object.fromEntries(kept),
    ...(error.cause !== undefined && depth < DEEPEST && { cause: loggedError(error.cause, depth + 1) }),
    ...(error instanceof AggregateError && {
      errors: error.errors.slice(0, DEEPEST).map((each) => loggedError(each, DEEPEST)),
    }),
  }
}

const isPlain = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number'

function scrub(text: string): string {
  const start = text.slice(0, LONGEST)
  const unquoted = quotedValues.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), start)
  return unquoted.replace(secretShapes, '[redacted]')
}

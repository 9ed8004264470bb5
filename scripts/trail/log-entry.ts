/** A line of a log, whoever wrote it. */
export interface LogEntry {
  /** RFC 3339. */
  readonly time: string
  readonly service: string
  readonly level: string
  readonly message: string
  readonly orderId?: string
  readonly requestId?: string
  /** The `X-Request-Id` that the client of a request saw. */
  readonly correlationId?: string
  readonly [field: string]: unknown
}

/** The log in which the gateway writes a line for each request. */
const accessLog = 'gateway-access'

/** @returns undefined for a line that names no time, such as one of a stack */
export function parseLine(name: string, line: string): LogEntry | undefined {
  return line.startsWith('{') ? parseJson(name, line) : (parseAccess(name, line) ?? parseText(name, line))
}

function parseJson(name: string, line: string): LogEntry | undefined {
  try {
    const { time, level, msg, service: _, request_id, ...fields } = JSON.parse(line) as Record<string, unknown>
    if (typeof time !== 'string' || !isTime(time)) return undefined
    const head = { time, service: name, level: String(level ?? 'info'), message: String(msg ?? '') }
    return { ...head, ...(typeof request_id === 'string' && { requestId: request_id }), ...fields }
  } catch {
    return undefined
  }
}

const access =
  /^\S+ - \S+ \[([^\]]+)\] "(\S*) ?([^" ]*)[^"]*" (\d{3}) \d+(?: "[^"]*" "[^"]*")? kong_request_id: "([\da-f]{32})"$/

/** A line in the format of nginx and Kong, whose times are whole seconds. */
function parseAccess(name: string, line: string): LogEntry | undefined {
  const [, local = '', method, path, status, requestId] = access.exec(line) ?? []
  if (requestId === undefined) return undefined
  // nginx writes 28/Nov/2026:15:29:41 +0000.
  const time = new Date(local.replaceAll('/', ' ').replace(':', ' '))
  if (Number.isNaN(time.getTime())) return undefined
  const service = name === accessLog ? 'gateway' : name
  const fields = { method, path, status: Number(status), requestId }
  return { time: time.toISOString(), service, level: 'info', message: 'request', ...fields }
}

/** A line of the gateway in words: `2026-01-01T00:00:00Z warn a try failed request_id=… ip=…`. */
function parseText(name: string, line: string): LogEntry | undefined {
  const [, time, level = '', rest = ''] = /^(\S+) (debug|info|warn|error) (.*)$/.exec(line) ?? []
  if (time === undefined || !isTime(time)) return undefined
  const [, requestId] = / request_id=(\S+)/.exec(rest) ?? []
  const message = rest.replace(/ request_id=\S+/, '')
  return { time, service: name, level, message, ...(requestId !== undefined && { requestId }) }
}

const isTime = (text: string): boolean => !Number.isNaN(Date.parse(text))

import { checkHeaderName } from '../config/entities/common-fields.ts'
import { boolean, integer, record, string, type Value } from '../config/schema/field.ts'
import type { Exchange } from '../exchange.ts'
import { parseArgs } from './http/args.ts'
import { visibleValues } from './http/visible-headers.ts'
import { toWire } from './http/wire-text.ts'
import type { Exit, Plugin } from './plugin.ts'
import { echo } from './request-termination/echo.ts'

const schema = record(
  {
    status_code: integer({ required: true, default: 503, between: [100, 599] }),
    message: string(),
    content_type: string(),
    body: string(),
    echo: boolean({ required: true, default: false }),
    trigger: string({ custom: checkHeaderName }),
  },
  { custom: checkWhole },
)

type Config = Value<typeof schema>

interface Checked {
  readonly message?: string | null
  readonly content_type?: string | null
  readonly body?: string | null
  readonly echo?: boolean | null
}

function checkWhole({ message, content_type, body, echo: echoes }: Checked): string | undefined {
  if (message && (content_type || body)) return 'message cannot be used with content_type or body'
  if (echoes && (content_type || body)) return 'echo cannot be used with content_type and body'
  return content_type && !body ? 'content_type requires a body' : undefined
}

/** Kong's words for a status where the configuration has none. */
const MESSAGES: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  404: 'Not found',
  405: 'Method not allowed',
  500: 'An unexpected error occurred',
  502: 'Bad Gateway',
  503: 'Service unavailable',
}

/** Statuses with which nginx closes the connection and says nothing. Source: nginx 1.25, ngx_http_finalize_request. */
const closes: ReadonlySet<number> = new Set([408, 444, 499])

/** Statuses for which nginx has a page, where nobody says anything. */
const hasPage = (status: number) =>
  (status >= 301 && status <= 308 && status !== 304 && status !== 305 && status !== 306) ||
  (status >= 400 && status <= 417 && status !== 407) ||
  [421, 429, 494, 495, 496, 497, 500, 501, 502, 503, 504, 505, 507].includes(status)

/** Answers instead of the upstream. Spec: Kong Hub, request-termination. */
export const requestTermination = {
  name: 'request-termination',
  priority: 2,
  version: '3.9.1',
  schema,
  access(exchange, config) {
    if (config.trigger !== null && !isTriggered(exchange, toWire(config.trigger))) return undefined
    return config.echo ? echoed(exchange, config) : terminated(config)
  },
} satisfies Plugin<typeof schema>

function isTriggered({ upstream }: Exchange, trigger: string): boolean {
  return visibleValues(upstream.headers, trigger).length > 0 || parseArgs(upstream.query).has(trigger)
}

async function echoed(exchange: Exchange, config: Config): Promise<Exit> {
  const message = config.message ?? MESSAGES[config.status_code]
  return { kind: 'exit', status: config.status_code, body: await echo(exchange, message) }
}

function terminated({ status_code: status, message, content_type, body }: Config): Exit {
  if (body !== null) {
    const headers = content_type === null ? undefined : { 'Content-Type': toWire(content_type) }
    return { kind: 'exit', status, body, headers }
  }
  const words = message ?? MESSAGES[status]
  if (words !== undefined) return { kind: 'exit', status, body: { message: words } }
  if (closes.has(status)) return { kind: 'close' }
  return hasPage(status) ? { kind: 'nginx', status } : { kind: 'exit', status }
}

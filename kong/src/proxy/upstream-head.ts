import type { Exchange } from '../exchange.ts'
import { connectionOptions, hasToken } from './hop-by-hop.ts'
import { oneLine } from './http1/one-line.ts'
import type { ReceivedRequest } from './received-request.ts'

/** Headers that the gateway writes itself or that end with the client's connection. */
const replaced: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'keep-alive',
  'proxy',
  'proxy-connection',
  'te',
  'upgrade',
  'expect',
  'content-length',
  'transfer-encoding',
  'x-real-ip',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-path',
  'x-forwarded-prefix',
  'via',
  'x-kong-request-debug',
  'x-kong-request-debug-log',
  'x-kong-request-debug-token',
])

/** Whether a request wants a WebSocket. */
export const wantsWebSocket = (request: ReceivedRequest): boolean =>
  request.headers.get('upgrade')?.toLowerCase() === 'websocket'

/** Whether a request can take trailers, which the upstream is told by TE. */
export const takesTrailers = (request: ReceivedRequest): boolean => hasToken(request.headers.get('te'), 'trailers')

/** How the body of a request goes to the upstream. */
export type SentBody = { readonly length: number } | 'chunked' | 'none'

/**
 * The headers for the upstream but Host, which each try may change: what the client sent and plugins made of it,
 * without hop-by-hop headers, with the gateway's own. Source: Kong 3.9, kong-behaviour 2.8.
 */
export function upstreamHeaders(
  exchange: Exchange,
  request: ReceivedRequest,
  body: SentBody,
  tellId: boolean,
): string[] {
  const lines = passedOn(exchange, request, tellId)
  const webSocket = wantsWebSocket(request)
  lines.push('Connection', webSocket ? 'keep-alive, Upgrade' : 'keep-alive')
  if (webSocket) lines.push('Upgrade', 'websocket')
  if (takesTrailers(request)) lines.push('TE', 'trailers')
  addForwarded(lines, exchange, request)
  const via = `${request.viaVersion}kong/3.9.1`
  const before = exchange.upstream.headers.get('via')
  lines.push('Via', before === undefined ? via : `${before}, ${via}`)
  if (tellId) lines.push('X-Kong-Request-Id', exchange.id)
  if (body === 'chunked') lines.push('Transfer-Encoding', 'chunked')
  else if (body !== 'none') lines.push('Content-Length', String(body.length))
  return lines
}

/** The lines of the client and of plugins that may go on. */
function passedOn(exchange: Exchange, request: ReceivedRequest, tellId: boolean): string[] {
  const named = connectionOptions(request.headers.get('connection') ?? '')
  const kept: string[] = []
  const { lines, names } = exchange.upstream.headers
  for (let i = 0; i < names.length; i++) {
    const lower = names[i] ?? ''
    if (replaced.has(lower) || named.includes(lower) || (tellId && lower === 'x-kong-request-id')) continue
    kept.push(lines[2 * i] ?? '', lines[2 * i + 1] ?? '')
  }
  return kept
}

/** X-Real-IP and the X-Forwarded-* headers; a trusted peer's own are kept, and left out where they are empty. */
function addForwarded(lines: string[], exchange: Exchange, request: ReceivedRequest): void {
  const { headers, peerTrusted, peerAddress, forwarded } = request
  const trusted = (name: string) => (peerTrusted ? headers.get(name) : undefined)
  const earlier = headers.get('x-forwarded-for')
  const { match, route } = exchange
  const prefix = route?.strip_path && match && match.matchedPath !== '/' ? match.matchedPath : ''
  const add = (name: string, value: string) => {
    if (value !== '') lines.push(name, value)
  }
  add('X-Real-IP', request.clientAddress)
  add('X-Forwarded-For', earlier === undefined ? request.clientAddress : `${earlier}, ${peerAddress}`)
  add('X-Forwarded-Proto', forwarded.proto)
  add('X-Forwarded-Host', forwarded.host)
  add('X-Forwarded-Port', request.forwardedPort)
  add('X-Forwarded-Path', trusted('x-forwarded-path') ?? request.rawPath)
  add('X-Forwarded-Prefix', trusted('x-forwarded-prefix') ?? prefix)
}

/** What a request's head is made of. */
interface RequestLines {
  readonly method: string
  readonly target: string
  readonly host: string
  readonly lines: readonly string[]
}

/** Request line and headers as they go on the wire, with the empty line; latin1. */
export function writeRequestHead({ method, target, host, lines }: RequestLines): string {
  let head = `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n`
  for (let i = 0; i < lines.length; i += 2) head += `${lines[i]}: ${oneLine(lines[i + 1] ?? '')}\r\n`
  return `${head}\r\n`
}

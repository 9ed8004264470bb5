import type { HeaderList } from '../../headers.ts'
import { BadRequest } from './bad-request.ts'
import { hasControlOrSpace } from './control-characters.ts'
import type { RequestHead } from './request-head.ts'

/** How the end of a body is found: not there, so many bytes, or in chunks. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }

const none: Framing = { kind: 'none' }
const chunked: Framing = { kind: 'chunked' }

/** Headers that nginx refuses to see twice. Source: nginx 1.25, ngx_http_headers_in. */
const unique: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'authorization',
  'expect',
  'if-modified-since',
  'if-unmodified-since',
  'if-match',
  'if-none-match',
  'if-range',
  'content-range',
])

/**
 * Checks the head as a whole, as nginx does before anything is done for a request, and says how its body is framed.
 * @throws BadRequest 400, 405 for TRACE and CONNECT, 501 for transfer codings other than chunked.
 */
export function checkHead(head: RequestHead): Framing {
  const { headers, httpVersion } = head
  refuseRepeated(headers)
  const host = headers.get('host')
  if (host === undefined ? httpVersion !== '0.9' && httpVersion !== '1.0' : hostName(host) === undefined) {
    throw new BadRequest(400, 'no valid host')
  }
  if (head.host !== undefined && hostName(head.host) === undefined) throw new BadRequest(400, 'no valid host')
  const framing = frame(headers, httpVersion)
  if (head.method === 'TRACE' || head.method === 'CONNECT') throw new BadRequest(405, 'method not allowed')
  return framing
}

/**
 * Refuses a declared length over the limit before anything is read or routed. Source: nginx 1.25,
 * ngx_http_core_find_config_phase with client_max_body_size.
 * @throws BadRequest 413
 */
export function checkLength(framing: Framing, maxBytes: number): void {
  if (framing.kind === 'length' && framing.length > maxBytes) throw new BadRequest(413, 'the body is too large')
}

function refuseRepeated(headers: HeaderList): void {
  const { names } = headers
  for (let i = 1; i < names.length; i++) {
    const name = names[i] ?? ''
    if (unique.has(name) && names.indexOf(name) < i) throw new BadRequest(400, `two ${name} headers`)
  }
}

function frame(headers: HeaderList, httpVersion: string): Framing {
  const length = headers.get('content-length')
  const coding = headers.get('transfer-encoding')
  if (length !== undefined && !isLength(length)) throw new BadRequest(400, 'bad Content-Length')
  if (coding !== undefined) {
    if (httpVersion === '1.0') throw new BadRequest(400, 'Transfer-Encoding in HTTP/1.0')
    if (coding.toLowerCase() !== 'chunked') throw new BadRequest(501, 'unknown Transfer-Encoding')
    if (length !== undefined) throw new BadRequest(400, 'Content-Length and Transfer-Encoding')
    return chunked
  }
  return length === undefined ? none : { kind: 'length', length: Number(length) }
}

/** Whether a Content-Length is one: digits alone, and a number that can be counted to. */
export const isLength = (text: string): boolean => /^\d+$/.test(text) && Number(text) <= Number.MAX_SAFE_INTEGER

/**
 * The name in a Host header as nginx's `$host` shows it: in lower case, without port and trailing dot; undefined if
 * it is none. Source: nginx 1.25, ngx_http_validate_host.
 */
export function hostName(host: string): string | undefined {
  if (/\/|\.\./.test(host) || hasControlOrSpace(host)) return undefined
  const literal = host.startsWith('[') ? host.indexOf(']') : -1
  const colon = host.indexOf(':')
  const bare = literal > 0 ? host.slice(0, literal + 1) : colon < 0 ? host : host.slice(0, colon)
  const name = bare.endsWith('.') ? bare.slice(0, -1) : bare
  return name === '' ? undefined : name.toLowerCase()
}

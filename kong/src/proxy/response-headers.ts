import type { HeaderList } from '../headers.ts'
import { connectionOptions, removeAll } from './hop-by-hop.ts'
import type { ResponseHead } from './http1/response-head.ts'

/** Headers of the upstream that the gateway writes itself or that steer nginx. */
const consumed = [
  'connection',
  'keep-alive',
  'transfer-encoding',
  'x-accel-redirect',
  'x-accel-expires',
  'x-accel-limit-rate',
  'x-accel-buffering',
  'x-accel-charset',
  'x-pad',
]

/**
 * Takes out of the upstream's headers what is not for the client, before plugins see them.
 * Source: Kong 3.9, kong-behaviour 2.9; nginx 1.25, proxy_hide_header.
 */
export function filterResponseHeaders(
  head: ResponseHead,
  { upgrade, trailers }: { upgrade: boolean; trailers: boolean },
): HeaderList {
  const { headers } = head
  const named = connectionOptions(headers.all('connection').join(','))
  const wanted = upgrade && headers.get('upgrade')?.toLowerCase() === 'websocket'
  removeAll(headers, named)
  removeAll(headers, consumed)
  if (!wanted) headers.remove('upgrade')
  if (!trailers) headers.remove('trailer')
  if (headers.get('content-type') === '') headers.remove('content-type')
  return headers
}

/** Types that get a charset. Source: nginx 1.25, charset_types, with Kong's `charset UTF-8`. */
const charsetTypes: ReadonlySet<string> = new Set([
  'text/html',
  'text/plain',
  'text/xml',
  'text/vnd.wap.wml',
  'application/javascript',
  'application/rss+xml',
])

/** Adds the charset that nginx adds to a bare text type. */
export function addCharset(headers: HeaderList): void {
  const type = headers.get('content-type')
  if (type !== undefined && charsetTypes.has(type.toLowerCase())) headers.set('Content-Type', `${type}; charset=UTF-8`)
}

/** Sets the cookie by which the balancer will know the client, in the place of one that the upstream sets itself. */
export function setHashCookie(headers: HeaderList, cookie: string): void {
  const beginning = cookie.slice(0, cookie.indexOf('=') + 1)
  const cookies = headers.all('set-cookie')
  const own = cookies.findIndex((line) => line.startsWith(beginning))
  headers.remove('set-cookie')
  for (const line of own < 0 ? [...cookies, cookie] : cookies.with(own, cookie)) headers.add('Set-Cookie', line)
}

import { randomUUID } from 'node:crypto'
import type { HashInput, Upstream } from '../../config/entities.ts'
import type { Exchange } from '../../exchange.ts'
import { findCookie } from '../../plugins/http/cookies.ts'
import { normalUri } from '../../proxy/http1/normal-uri.ts'

/** What of a request decides where it goes, and the cookie that was made for that where none came. */
export interface HashValue {
  readonly value: string
  readonly setCookie?: string
}

/**
 * The text that is hashed: what `hash_on` names, else what `hash_fallback` names, else nothing, which is the same for
 * everybody. Source: Kong 3.9, kong/runloop/balancer/init.lua, get_value_to_hash.
 */
export function hashValueOf(upstream: Upstream, exchange: Exchange): HashValue {
  const first = read(upstream.hash_on, upstream, exchange, {
    header: upstream.hash_on_header,
    query: upstream.hash_on_query_arg,
    capture: upstream.hash_on_uri_capture,
  })
  const fallback = () =>
    read(upstream.hash_fallback, upstream, exchange, {
      header: upstream.hash_fallback_header,
      query: upstream.hash_fallback_query_arg,
      capture: upstream.hash_fallback_uri_capture,
    })
  return first ?? fallback() ?? { value: '' }
}

interface Names {
  readonly header: string | null
  readonly query: string | null
  readonly capture: string | null
}

function read(input: HashInput, upstream: Upstream, exchange: Exchange, names: Names): HashValue | undefined {
  if (input === 'cookie') return readCookie(upstream, exchange)
  const value = readPlain(input, exchange, names)
  return value === undefined ? undefined : { value }
}

function readPlain(input: HashInput, exchange: Exchange, names: Names): string | undefined {
  const { request, upstream, consumer, credential, match } = exchange
  switch (input) {
    case 'consumer':
      return consumer?.id ?? credential?.id
    case 'ip':
      return request.clientAddress
    case 'header':
      return names.header === null ? undefined : readHeader(exchange, names.header)
    case 'path':
      return normalUri(request.target)
    case 'query_arg':
      return names.query === null ? undefined : readQuery(upstream.query, names.query)
    case 'uri_capture':
      return names.capture === null ? undefined : readCapture(match?.captures, names.capture)
    default:
      return undefined
  }
}

/** Kong reads nginx's variable of that name, in which a dash never stands: `x_key` finds X-Key, `x-key` finds nothing. */
function readHeader({ upstream }: Exchange, name: string): string | undefined {
  if (name.includes('-')) return undefined
  const wanted = name.toLowerCase()
  const values: string[] = []
  for (const [key, value] of upstream.headers) {
    if (key.toLowerCase().replaceAll('-', '_') === wanted) values.push(value)
  }
  return values.length === 0 ? undefined : values.join(', ')
}

/** Kong knows numbered groups by numbers, and so finds none by the text that the field holds. */
function readCapture(captures: Readonly<Record<string, string>> | undefined, name: string): string | undefined {
  return captures && !/^\d+$/.test(name) && Object.hasOwn(captures, name) ? captures[name] : undefined
}

/** Every value of the argument, sorted; one without a value counts as none. */
function readQuery(query: string | undefined, name: string): string | undefined {
  const values: string[] = []
  for (const part of (query ?? '').split('&')) {
    const equals = part.indexOf('=')
    if (decode(equals < 0 ? part : part.slice(0, equals)) !== name) continue
    values.push(equals < 0 ? 'true' : decode(part.slice(equals + 1)))
  }
  return values.length === 0 ? undefined : values.sort().join(',')
}

const decode = (text: string): string =>
  text
    .replaceAll('+', ' ')
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

function readCookie({ hash_on_cookie: name, hash_on_cookie_path: path }: Upstream, { upstream }: Exchange): HashValue {
  const sent = findCookie(upstream.headers, name ?? '')
  if (sent !== undefined) return { value: sent }
  const value = randomUUID()
  return { value, setCookie: `${name}=${value}; Path=${path}; Same-Site=Lax; HttpOnly` }
}

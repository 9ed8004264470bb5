/**
 * Keeps web pages away from the Admin API. A browser lets any page send simple requests to 127.0.0.1 (Fetch standard,
 * section 3.3), and a page whose name is made to resolve to 127.0.0.1 (DNS rebinding) even reads the answers. Both show:
 * the browser itself writes `Host`, `Origin` and `Sec-Fetch-Site`, which no page can change.
 */
import { type Authority, isLoopback, normalizeHost, readAuthority } from '../settings/host-name.ts'

/** What the guard looks at in a request of HTTP/1.1 or HTTP/2. */
export interface GuardedRequest {
  readonly url?: string | undefined
  /** Names and values in turn, as Node has them; `:authority` of HTTP/2 among them. */
  readonly rawHeaders: readonly string[]
  readonly socket: { readonly localAddress?: string | undefined }
}

/** @returns what the client is told, for a request that is refused. */
export type RequestGuard = (request: GuardedRequest) => string | undefined

const FOREIGN_HOST =
  'Forbidden: this Host is not allowed. Call the address that the gateway listens on, or list the host in KONG_ADMIN_ALLOWED_HOSTS (--admin-allowed-hosts)'
const FOREIGN_PAGE =
  'Forbidden: requests from web pages of another origin are refused. Send this one with curl or decK, or open its address directly'

/**
 * Makes the guard of one listener. It refuses a `Host` that is not loopback, the address listened on or an allowed
 * host; an `Origin` other than the one of the request; and what a browser calls `cross-site` or `same-site`.
 *
 * @param listenHost as the settings have it.
 * @param allowedHosts normalized.
 */
export function createRequestGuard(listenHost: string, allowedHosts: readonly string[]): RequestGuard {
  const known = new Set([normalizeHost(listenHost), ...allowedHosts])
  const isKnown = (host: string, localAddress: string | undefined): boolean =>
    isLoopback(host) || known.has(host) || (localAddress !== undefined && host === normalizeHost(localAddress))

  return ({ url = '/', rawHeaders, socket }) => {
    const named = [...valuesOf(rawHeaders, 'host'), ...valuesOf(rawHeaders, ':authority'), ...targetAuthority(url)]
    const authorities = named.map(readAuthority)
    if (!authorities.every((each) => each !== undefined && isKnown(each.host, socket.localAddress))) return FOREIGN_HOST
    const isOwn = (origin: string) => authorities.some((each) => each !== undefined && isOriginOf(origin, each))
    if (!valuesOf(rawHeaders, 'origin').every(isOwn)) return FOREIGN_PAGE
    if (!valuesOf(rawHeaders, 'sec-fetch-site').every(isSameOrigin)) return FOREIGN_PAGE
    return undefined
  }
}

/** `none`: the user typed the address. */
const isSameOrigin = (site: string): boolean => site === 'same-origin' || site === 'none'

function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === name) values.push(rawHeaders[i + 1] ?? '')
  }
  return values
}

/** The authority of a target in absolute form, which stands over `Host` (RFC 9112, section 3.2.2). */
function targetAuthority(url: string): string[] {
  const authority = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i.exec(url)?.[1]
  return authority === undefined ? [] : [authority]
}

/** Port and host count; the scheme does not, since a proxy may end TLS. `null` is the origin of nobody. */
function isOriginOf(origin: string, { host, port }: Authority): boolean {
  const authority = /^https?:\/\/(.*)$/.exec(origin)?.[1]
  const own = authority === undefined ? undefined : readAuthority(authority)
  return own !== undefined && own.host === host && own.port === port
}

import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'

/** Keeps the refresh token in the browser. */
export interface RefreshCookie {
  read(c: Context): string | undefined
  /** @param seconds How long the session lives unless it is refreshed before. */
  keep(c: Context, token: string, seconds: number): void
  forget(c: Context): void
}

const NAME = 'portico_refresh'
/** The most that a cookie may live (RFC 6265bis, section 5.6): 400 days. */
const LONGEST_SECONDS = 400 * 24 * 3600

/** Sent by the browser to the routes of its session alone, by whichever of their two paths. */
const pathOf = (c: Context): string => (c.req.path.startsWith('/v1/') ? '/v1/web/sessions' : '/web/sessions')

/**
 * A cookie that no script reads and that is sent to the session's own routes only, which rules out the prefix `__Host-`
 * (RFC 6265bis, 4.1.3.2: it demands the path `/`).
 *
 * @param secure Keeps it off plain HTTP, but for loopback in browsers that trust that (Chromium, Firefox).
 */
export function createRefreshCookie(secure: boolean): RefreshCookie {
  const attributes = (c: Context) => ({ path: pathOf(c), httpOnly: true, sameSite: 'Strict', secure }) as const
  return {
    read: (c) => getCookie(c, NAME),
    keep: (c, token, seconds) =>
      setCookie(c, NAME, token, { ...attributes(c), maxAge: Math.min(seconds, LONGEST_SECONDS) }),
    forget: (c) => void deleteCookie(c, NAME, attributes(c)),
  }
}

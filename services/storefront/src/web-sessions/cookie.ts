import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'

const NAME = 'portico_refresh'
/** As long as user-service keeps a refresh token. */
const LIFETIME_SECONDS = 30 * 24 * 3600

/** Sent by the browser to the routes of its session alone, by whichever of their two paths. */
const pathOf = (c: Context): string => (c.req.path.startsWith('/v1/') ? '/v1/web/sessions' : '/web/sessions')

/** The gateway says how the browser reached it; without one, the address itself does. */
const isHttps = (c: Context): boolean =>
  (c.req.header('x-forwarded-proto') ?? new URL(c.req.url).protocol.replace(':', '')) === 'https'

const attributes = (c: Context) =>
  ({ path: pathOf(c), httpOnly: true, sameSite: 'Strict', secure: isHttps(c) }) as const

export const readRefreshToken = (c: Context): string | undefined => getCookie(c, NAME)

export function keepRefreshToken(c: Context, token: string): void {
  setCookie(c, NAME, token, { ...attributes(c), maxAge: LIFETIME_SECONDS })
}

export function forgetRefreshToken(c: Context): void {
  deleteCookie(c, NAME, attributes(c))
}

import { AppError } from '@portico/service-kit'
import type { Context, MiddlewareHandler } from 'hono'

/**
 * Lets a session be changed by our own pages only, whatever cookies come along. The header can't be sent by another
 * origin's form, nor by its script without a preflight that the gateway refuses; what the browser itself says of where
 * the request comes from must not contradict it.
 */
export const refuseForeignPages: MiddlewareHandler = async (c, next) => {
  const site = c.req.header('sec-fetch-site')
  const origin = c.req.header('origin')
  if (!c.req.header('x-csrf')) throw new AppError('forbidden', 'This needs the header X-CSRF.')
  if (site !== undefined && site !== 'same-origin')
    throw new AppError('forbidden', 'This is for the pages of the shop.')
  if (origin !== undefined && hostOf(origin) !== addressedHost(c)) {
    throw new AppError('forbidden', 'This is for the pages of the shop.')
  }
  await next()
}

/** Without the port: the gateway does not hand on the one that the browser used (a container's may be another). */
function addressedHost(c: Context): string {
  const host = c.req.header('x-forwarded-host') ?? c.req.header('host') ?? new URL(c.req.url).host
  return host.toLowerCase().replace(/:\d+$/, '')
}

/** Undefined for what is no origin, `null` among it. */
const hostOf = (origin: string): string | undefined => URL.parse(origin)?.hostname.toLowerCase()

import type { HttpBindings } from '@hono/node-server'
import type { MiddlewareHandler } from 'hono'
import { AppError } from '../app-error.ts'

/**
 * What a path in normal form does not have: backslashes, bytes outside printable ASCII, empty segments, dot segments,
 * percent-encoding that is broken, of the zero byte or of an unreserved character (RFC 3986, sections 2.3 and 6.2.2).
 */
const notNormal = /\\|[^!-~]|\/\/|\/\.{1,2}(?:\/|$)|%(?:00|2[DE]|3\d|[46][1-9A-F]|[57][\dA]|5F|7E|(?![\dA-F]{2}))/i

/** Whether a request target is a path in normal form, with or without a query, and without a fragment. */
export function isNormalTarget(target: string): boolean {
  const query = target.indexOf('?')
  const path = query < 0 ? target : target.slice(0, query)
  return path.startsWith('/') && !notNormal.test(path) && !target.includes('#')
}

/**
 * Refuses a target that is not in normal form. A gateway chooses the route of a request, and with it authentication and
 * rate limits, by the target as sent. Hono routes by a parsed URL, which has no fragment, dot segments or backslashes
 * any more: another spelling could be one path to the gateway and another one here. Kong forwards paths in normal form,
 * except for the fragment.
 */
export const refuseOddTargets: MiddlewareHandler = async (c, next) => {
  const { incoming } = (c.env ?? {}) as Partial<HttpBindings>
  const target = incoming?.url ?? c.req.url.slice(c.req.url.indexOf('/', c.req.url.indexOf('//') + 2))
  if (!isNormalTarget(target)) throw new AppError('invalid_request', 'The request target is not in normal form.')
  await next()
}

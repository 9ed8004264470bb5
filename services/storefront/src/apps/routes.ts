import { AppError } from '@portico/service-kit'
import type { Context, Hono } from 'hono'
import type { BuiltFile, BuiltFiles, Encoding } from './files.ts'
import { securityHeaders } from './security-headers.ts'

const YEAR_SECONDS = 365 * 24 * 3600
/** The name of an asset holds a hash of its content: under one name there is ever one content. */
const immutable = `public, max-age=${YEAR_SECONDS}, immutable`
/** A page is asked for anew each time, and mostly answered 304; a picture keeps its name when it changes. */
const caching = { page: 'no-cache', picture: 'public, max-age=3600', asset: immutable }

/**
 * Serves the two apps: their pages at every path below `/shop` and `/admin` (the app finds its own way from there),
 * their assets and pictures. A file that is not there is a 404, never a page.
 */
export function serveApps(app: Hono, files: BuiltFiles): void {
  for (const path of ['/', '/shop', '/shop/*'])
    app.get(path, (c) => send(c, files.get('shop/index.html'), caching.page))
  for (const path of ['/admin', '/admin/*']) app.get(path, (c) => send(c, files.get('admin/index.html'), caching.page))
  app.get('/assets/*', (c) => send(c, files.get(c.req.path.slice(1)), caching.asset))
  app.get('/pictures/*', (c) => send(c, files.get(c.req.path.slice(1)), caching.picture))
}

function send(c: Context, file: BuiltFile | undefined, cacheControl: string): Response {
  if (!file) throw new AppError('not_found', `There is no file ${c.req.path} here.`)
  const encoding = chooseEncoding(c.req.header('accept-encoding'), file)
  const etag = encoding === 'identity' ? `"${file.hash}"` : `"${file.hash}-${encoding}"`
  const headers = { ...securityHeaders, 'cache-control': cacheControl, etag, vary: 'Accept-Encoding' }
  if (knows(c.req.header('if-none-match'), etag)) return c.body(null, 304, headers)
  const body = file.bodies[encoding] ?? file.bodies.identity
  return c.body(body, 200, {
    ...headers,
    'content-type': file.type,
    'content-length': String(body.byteLength),
    ...(encoding !== 'identity' && { 'content-encoding': encoding }),
  })
}

/** The smallest that the client takes (RFC 9110, 12.5.3). */
function chooseEncoding(accepted: string | undefined, file: BuiltFile): Encoding {
  const refused = /;\s*q=0(\.0*)?\s*$/
  const offers = (accepted ?? '').toLowerCase().split(',')
  const names = new Set(offers.filter((each) => !refused.test(each)).map((each) => each.split(';')[0]?.trim()))
  return (['br', 'gzip'] as const).find((each) => names.has(each) && file.bodies[each]) ?? 'identity'
}

/** RFC 9110, 13.1.2: compared weakly. */
function knows(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  return ifNoneMatch.split(',').some((each) => ['*', etag].includes(each.trim().replace(/^W\//, '')))
}

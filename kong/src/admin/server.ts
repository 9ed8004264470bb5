/** The HTTP side of the Admin API: reads requests, finds their handlers, writes Kong's headers. */
import { timingSafeEqual } from 'node:crypto'
import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import type { Server } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Gateway } from '../gateway.ts'
import type { Identity } from '../tls/default-certificate.ts'
import { serverOptions } from '../tls/server-options.ts'
import { SERVER } from '../version.ts'
import { type AdminAnswer, message, methodNotAllowed, nginxPage } from './answer.ts'
import { BadJson, NoObject, UnsupportedBody } from './body.ts'
import { BodyTooLarge, readAdminRequest } from './request.ts'
import type { RequestGuard } from './request-guard.ts'
import type { AdminRoutes } from './routes.ts'

export interface AdminServerOptions {
  readonly gateway: Gateway
  readonly routes: AdminRoutes
  /** What requests must carry as `Kong-Admin-Token`; undefined requires nothing. */
  readonly token?: { readonly value: string; readonly readsToo: boolean } | undefined
  readonly guard: RequestGuard
  /** The largest body that is taken (Kong's `nginx_admin_client_max_body_size`). */
  readonly bodyBytes: number
  /** TLS with these certificates; undefined is plain HTTP/1.1. */
  readonly secure?: { readonly identity: Identity; readonly http2: boolean } | undefined
}

/** A request and its answer, of HTTP/1.1 or of HTTP/2. */
type Incoming = http.IncomingMessage | http2.Http2ServerRequest
interface Outgoing {
  writeHead(status: number, headers: http.OutgoingHttpHeaders): unknown
  end(body: string): unknown
}

export function createAdminServer(options: AdminServerOptions): Server {
  const serve = async (incoming: Incoming, outgoing: Outgoing) => {
    const started = performance.now()
    const answer = await answerTo(incoming, options)
    const latency = Math.round(performance.now() - started)
    write(outgoing, answer, incoming, latency)
  }
  return create(options.secure, serve).on('clientError', refuseUnparsable)
}

function create(
  secure: AdminServerOptions['secure'],
  serve: (incoming: Incoming, outgoing: Outgoing) => Promise<void>,
): Server {
  const keepAlive = { keepAliveTimeout: 75_000 }
  if (!secure) return http.createServer(keepAlive, serve)
  const options = serverOptions(secure.identity)
  if (!secure.http2) return https.createServer({ ...options, ...keepAlive }, serve)
  return http2.createSecureServer({ ...options, allowHTTP1: true }, serve)
}

/** A method that Node's parser doesn't know is one that no path has; what else it can't read is no request. */
function refuseUnparsable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable) return void socket.destroy()
  const { status, body = '', type } = error.code === 'HPE_INVALID_METHOD' ? methodNotAllowed : nginxPage(400)
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const headers = {
    ...allowOrigin('*'),
    ...standing(0),
    ...(type === undefined ? JSON_TYPE : { 'Content-Type': type }),
  }
  const lines = Object.entries({ ...headers, 'Content-Length': text.length, Connection: 'close' })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.end(`HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\n${head}\r\n${text}`)
}

const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' }

const allowOrigin = (origin: string) => ({
  'Access-Control-Allow-Origin': origin,
  'Access-Control-Allow-Credentials': 'true',
})

/** What every answer of Kong's own carries. */
const standing = (latency: number) => ({
  'X-Kong-Admin-Latency': latency,
  Server: SERVER,
})

async function answerTo(incoming: Incoming, options: AdminServerOptions): Promise<AdminAnswer> {
  const { gateway, routes, token, guard, bodyBytes } = options
  try {
    const refusal = guard(incoming)
    if (refusal !== undefined) return { ...message(403, refusal), closed: true }
    if (incoming.method === 'TRACE') return { ...nginxPage(405), headers: { Connection: 'close' } }
    if (!isAllowed(incoming, token))
      return message(401, 'Unauthorized: the header Kong-Admin-Token is missing or wrong')
    return await routes.handle(gateway, await readAdminRequest(incoming, bodyBytes))
  } catch (error) {
    if (error instanceof BodyTooLarge) return nginxPage(413)
    if (error instanceof UnsupportedBody) return nginxPage(415)
    if (error instanceof BadJson) return message(400, 'Cannot parse JSON body')
    if (error instanceof NoObject) return message(500, 'An unexpected error occurred')
    gateway.worker.log.error('the Admin API failed', { method: incoming.method, path: incoming.url, error })
    return message(500, 'An unexpected error occurred')
  }
}

const READS: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS'])

function isAllowed({ method, headers }: Incoming, token: AdminServerOptions['token']): boolean {
  if (token === undefined || (!token.readsToo && READS.has(method))) return true
  const given = Buffer.from(String(headers['kong-admin-token'] ?? ''))
  const wanted = Buffer.from(token.value)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

function write(outgoing: Outgoing, answer: AdminAnswer, incoming: Incoming, latency: number): void {
  const { status, body, type, headers, closed } = answer
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  const json = body !== undefined && typeof body !== 'string'
  const contentType = type ?? (json ? 'application/json; charset=utf-8' : undefined)
  const own: Record<string, string | number> = {
    ...(contentType !== undefined && { 'Content-Type': contentType }),
    ...(status !== 204 && { 'Content-Length': Buffer.byteLength(text) }),
  }
  if (incoming.method !== 'TRACE') Object.assign(own, standing(latency))
  // An origin that passed the guard is that of the request itself.
  if (incoming.method !== 'TRACE' && !closed) Object.assign(own, allowOrigin(incoming.headers.origin ?? '*'))
  const all: http.OutgoingHttpHeaders = { ...own, ...headers }
  if ('stream' in incoming) delete all.Connection
  outgoing.writeHead(status, all)
  outgoing.end(incoming.method === 'HEAD' ? '' : text)
}

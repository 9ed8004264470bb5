/** The HTTP side of the Admin API: reads requests, finds their handlers, writes Kong's headers. */
import { timingSafeEqual } from 'node:crypto'
import http from 'node:http'
import type { Gateway } from '../gateway.ts'
import { SERVER } from '../version.ts'
import { type AdminAnswer, message, nginxPage } from './answer.ts'
import { BadJson, UnsupportedBody } from './body.ts'
import { BodyTooLarge, readAdminRequest } from './request.ts'
import type { AdminRoutes } from './routes.ts'

export interface AdminServerOptions {
  readonly gateway: Gateway
  readonly routes: AdminRoutes
  /** Asked for as `Kong-Admin-Token`; undefined asks for none. */
  readonly token?: string | undefined
}

export function createAdminServer({ gateway, routes, token }: AdminServerOptions): http.Server {
  return http.createServer({ keepAliveTimeout: 75_000 }, async (incoming, outgoing) => {
    const started = performance.now()
    const answer = await answerTo(incoming, { gateway, routes, token })
    const latency = Math.round(performance.now() - started)
    write(outgoing, answer, incoming, latency)
  })
}

async function answerTo(incoming: http.IncomingMessage, options: AdminServerOptions): Promise<AdminAnswer> {
  const { gateway, routes, token } = options
  if (incoming.method === 'TRACE') return { ...nginxPage(405), headers: { Connection: 'close' } }
  try {
    if (!isAllowed(incoming, token)) return message(401, 'Unauthorized')
    return await routes.handle(gateway, await readAdminRequest(incoming))
  } catch (error) {
    if (error instanceof BodyTooLarge) return nginxPage(413)
    if (error instanceof UnsupportedBody) return nginxPage(415)
    if (error instanceof BadJson) return message(400, 'Cannot parse JSON body')
    gateway.worker.log.error('the Admin API failed', { method: incoming.method, path: incoming.url, error })
    return message(500, 'An unexpected error occurred')
  }
}

function isAllowed(incoming: http.IncomingMessage, token: string | undefined): boolean {
  if (token === undefined) return true
  const given = Buffer.from(String(incoming.headers['kong-admin-token'] ?? ''))
  const wanted = Buffer.from(token)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

function write(
  outgoing: http.ServerResponse,
  answer: AdminAnswer,
  incoming: http.IncomingMessage,
  latency: number,
): void {
  const { status, body, type, headers } = answer
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  const json = body !== undefined && typeof body !== 'string'
  const contentType = type ?? (json ? 'application/json; charset=utf-8' : undefined)
  const own: Record<string, string | number> = {
    ...(contentType !== undefined && { 'Content-Type': contentType }),
    ...(status !== 204 && { 'Content-Length': Buffer.byteLength(text) }),
  }
  if (incoming.method !== 'TRACE') {
    Object.assign(own, {
      'Access-Control-Allow-Origin': incoming.headers.origin ?? '*',
      'Access-Control-Allow-Credentials': 'true',
      'X-Kong-Admin-Latency': latency,
      Server: SERVER,
    })
  }
  outgoing.writeHead(status, { ...own, ...headers })
  outgoing.end(incoming.method === 'HEAD' ? undefined : text)
}

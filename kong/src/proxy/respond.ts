import type { Peer } from '../balancer/balancer.ts'
import type { ClientResponse } from '../exchange.ts'
import type { HeaderList } from '../headers.ts'
import { BodyFilterFailed, type RequestPlugins } from '../plugins/runner.ts'
import { type Answer, type AnswerContext, answerOf, nginxAnswer, nginxOwnPage } from './answers/answer.ts'
import type { ServerContext } from './context.ts'
import { addDebugHeaders, addGatewayHeaders } from './gateway-headers.ts'
import { isGrpc } from './grpc.ts'
import type { Reply } from './handle.ts'
import type { LiveExchange } from './live-exchange.ts'
import { addCharset, filterResponseHeaders, setHashCookie } from './response-headers.ts'
import type { AnswerWriter, SentFraming } from './response-writer.ts'
import type { UpstreamAnswer } from './upstream/attempt.ts'
import { takesTrailers, wantsWebSocket } from './upstream-head.ts'

/** What the answer to a client depends on besides the reply. */
export interface Responding {
  readonly exchange: LiveExchange
  readonly plugins: RequestPlugins
  readonly context: ServerContext
  readonly writer: AnswerWriter
  /** Whether the client may send another request on the connection, as far as it is concerned. */
  readonly keepAlive: boolean
  readonly headless: boolean
}

/** The answer could not be sent to its end: the connection is of no more use. */
export class AnswerCutShort extends Error {
  override readonly name = 'AnswerCutShort'
}

const nothing = Buffer.alloc(0)

/**
 * Sends the reply to the client, through the filters of the plugins. Answers whether the connection stays open.
 * @throws AnswerCutShort, and what reading the upstream or writing to the client throws.
 */
export async function respond(reply: Reply, responding: Responding): Promise<boolean> {
  const { exchange, context } = responding
  if (reply.kind === 'answer') return relay(reply.answer, reply.peer, responding)
  const answerContext = {
    requestHeaders: exchange.request.headers,
    requestId: exchange.id,
    errorDefaultType: context.settings.errorDefaultType,
    grpc: isGrpc(exchange.request),
  }
  if (reply.kind === 'circle') return sendAnswer(nginxOwnPage(500), responding, { status: undefined, peer: undefined })
  if (reply.kind === 'unreadable') {
    const proxied = exchange.timings.upstreamStart === undefined ? undefined : { status: undefined, peer: undefined }
    return sendAnswer(unreadableAnswer(reply.status, answerContext), responding, proxied)
  }
  if (reply.kind === 'failure') {
    exchange.source = 'service'
    return sendAnswer(nginxAnswer(reply.status, answerContext), responding, { status: reply.status, peer: reply.peer })
  }
  exchange.source = reply.source
  if (reply.exit.kind === 'close') throw new AnswerCutShort('closed on purpose')
  const stored = reply.exit.kind === 'exit' && reply.exit.proxied
  const proxied = stored ? { status: undefined, peer: undefined } : undefined
  return sendAnswer(answerOf(reply.exit, answerContext), responding, proxied)
}

/** Tells of a body that was not read to its end; nothing else can be read on the connection. */
function unreadableAnswer(status: 400 | 413 | 503, context: AnswerContext): Answer {
  if (status !== 503) return nginxAnswer(status, context)
  const message = 'Too many request bodies are being received'
  return { ...answerOf({ kind: 'error', status, message, headers: { 'Retry-After': '1' } }, context), closes: true }
}

/** What was proxied, though it may have failed. */
interface Proxied {
  /** What the upstream answered, or what stands for it. */
  readonly status: number | undefined
  readonly peer: Peer | undefined
}

/** Sends an answer that the gateway has made itself. */
export async function sendAnswer(
  answer: Answer,
  responding: Responding,
  proxied: Proxied | undefined,
): Promise<boolean> {
  const { exchange, plugins, writer, headless } = responding
  const { headers } = answer
  const { status } = filterHeaders(answer.status, headers, responding, proxied, answer.charset)
  const body = plugins.rewritesBody
    ? Buffer.concat([plugins.bodyFilter(answer.body, false), plugins.bodyFilter(nothing, true)])
    : answer.body
  const keepAlive = responding.keepAlive && !answer.closes
  const bodiless = isBodiless(status)
  headers.remove('content-length')
  if (!bodiless) headers.set('Content-Length', String(body.length))
  const framing = bodiless || exchange.request.method === 'HEAD' ? 'none' : 'length'
  writer.start({
    status,
    reason: undefined,
    headers,
    dated: true,
    framing,
    keepAlive,
    trailers: false,
    upgrade: false,
    headless,
  })
  await writer.end(body)
  return keepAlive
}

const isBodiless = (status: number): boolean => status < 200 || status === 204 || status === 304

/** Passes on what the upstream answers. */
async function relay(answer: UpstreamAnswer, peer: Peer, responding: Responding): Promise<boolean> {
  const { exchange, writer, headless } = responding
  const { request } = exchange
  exchange.source = 'service'
  const upgrade = answer.head.status === 101
  const asked = { upgrade: wantsWebSocket(request), trailers: takesTrailers(request) }
  const charset = !answer.head.headers.has('x-accel-charset')
  const headers = filterResponseHeaders(answer.head, asked)
  const proxied = { status: answer.head.status, peer }
  const response = filterHeaders(answer.head.status, headers, responding, proxied, charset)
  if (response.rewritesBody) headers.remove('content-length')
  const framing = framingFor(answer, headers, request.httpVersion)
  const keepAlive = responding.keepAlive && framing !== 'close' && !upgrade
  const { status } = response
  const reason = status === answer.head.status ? answer.head.reason : undefined
  const trailers = answer.http2 && framing !== 'none'
  writer.start({ status, reason, headers, dated: false, framing, keepAlive, trailers, upgrade, headless })
  if (!upgrade) await relayBody(answer, responding)
  else writer.flush()
  return keepAlive
}

function framingFor({ head }: UpstreamAnswer, headers: HeaderList, httpVersion: string): SentFraming {
  if (head.framing.kind === 'none') return 'none'
  if (head.framing.kind === 'length' && headers.has('content-length')) return 'length'
  return httpVersion === '1.0' ? 'close' : 'chunked'
}

async function relayBody({ body }: UpstreamAnswer, { exchange, plugins, writer }: Responding): Promise<void> {
  const filters = plugins.rewritesBody
  const rewrites = exchange.response?.rewritesBody === true
  try {
    for (;;) {
      const next = body.next()
      if (next instanceof Promise && !rewrites) writer.flush()
      const piece = next instanceof Promise ? await next : next
      if (!piece) break
      if (!filters && body.done) return await writer.end(piece)
      await writer.write(filters ? plugins.bodyFilter(piece, false) : piece)
    }
    await writer.end(filters ? plugins.bodyFilter(nothing, true) : undefined, body.trailers)
  } catch (error) {
    if (!(error instanceof BodyFilterFailed)) writer.flush()
    throw new AnswerCutShort('the answer of the upstream broke off', { cause: error })
  }
}

/** Runs the filters in Kong's order; answers what they made of status and headers. */
function filterHeaders(
  status: number,
  headers: HeaderList,
  { exchange, plugins, context }: Responding,
  proxied: Proxied | undefined,
  charset: boolean,
): ClientResponse {
  const { settings } = context
  if (proxied?.status !== undefined && settings.headers.has('x-kong-upstream-status')) {
    headers.set('X-Kong-Upstream-Status', String(proxied.status))
  }
  if (proxied?.peer?.setCookie !== undefined) setHashCookie(headers, proxied.peer.setCookie)
  const response: ClientResponse = { status, headers, rewritesBody: false }
  exchange.response = response
  plugins.headerFilter()
  addGatewayHeaders(headers, exchange, { proxied: proxied !== undefined, settings, now: performance.now() })
  if (settings.allowDebugHeader && proxied) addDebugHeaders(headers, exchange, exchange.request)
  // nginx leaves redirects to other servers as they are.
  if (charset && status !== 301 && status !== 302) addCharset(headers)
  return response
}

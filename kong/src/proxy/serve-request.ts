import { BodyUnreadable } from '../body-unreadable.ts'
import type { RequestPlugins } from '../plugins/runner.ts'
import { accessLine } from './access-log/line.ts'
import type { ServerContext } from './context.ts'
import { handle, type Reply } from './handle.ts'
import { LiveExchange } from './live-exchange.ts'
import type { ReceivedRequest } from './received-request.ts'
import { AnswerCutShort, type Responding, respond } from './respond.ts'
import type { AnswerWriter } from './response-writer.ts'
import { ClientGone } from './tries.ts'
import { type TunnelEnd, tunnel } from './tunnel.ts'
import type { UpstreamAnswer } from './upstream/attempt.ts'

/** The connection over which a request came and its answer goes. */
export interface ClientSide {
  readonly context: ServerContext
  readonly writer: AnswerWriter
  /** What becomes of the connection after an answer of 101; HTTP/2 has no such answer. */
  readonly tunnelEnd?: TunnelEnd
  /** Whether nothing can be sent any more. */
  readonly isGone: () => boolean
  /** Asked when the answer begins: whether the connection may stay open. */
  readonly keepAlive: () => boolean
  readonly headless: boolean
}

/** Milliseconds; of a service that is no longer known. */
const usualTimeout = 60_000

/** Answers one request from its first plugin to its log. Answers whether the connection stays open. */
export async function serveRequest(request: ReceivedRequest, client: ClientSide): Promise<boolean> {
  const { context, writer } = client
  const line = context.current()
  const exchange = new LiveExchange(request, line.configuration, context.worker, performance.now())
  const plugins = line.plugins.forRequest(exchange)
  const reply = await replyTo(() => handle(exchange, line, plugins, context), exchange)
  const responding = { exchange, plugins, context, writer, keepAlive: client.keepAlive(), headless: client.headless }
  try {
    return reply !== undefined && (await send(reply, responding, client))
  } finally {
    exchange.timings.upstreamEnd = performance.now()
    exchange.traffic.received = request.headSize + (request.received?.received ?? 0)
    exchange.traffic.sent = writer.bytesWritten
    settle(reply, exchange)
    log(plugins, exchange)
    context.accessLog?.add(accessLine(exchange, writer))
  }
}

async function send(reply: Reply, responding: Responding, client: ClientSide): Promise<boolean> {
  try {
    const open = await respond(reply, responding)
    if (reply.kind === 'answer' && reply.answer.head.status === 101) await passBytes(reply.answer, responding, client)
    return open
  } catch (error) {
    if (error instanceof AnswerCutShort || client.isGone()) return false
    throw error
  }
}

/** Goes on as a tunnel, within the timeouts of the service. */
async function passBytes(answer: UpstreamAnswer, { exchange }: Responding, client: ClientSide): Promise<void> {
  if (!answer.connection || !client.tunnelEnd) return
  const { read_timeout: read = usualTimeout, write_timeout: write = usualTimeout } = exchange.service ?? {}
  const send = client.context.settings.client.sendTimeout
  await tunnel(client.tunnelEnd, answer.connection, { read, write, send })
}

/** What the request comes to; undefined when there is nobody left to answer. */
async function replyTo(work: () => Promise<Reply>, exchange: LiveExchange): Promise<Reply | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ClientGone || exchange.request.cancellation.cancelled) return undefined
    if (error instanceof BodyUnreadable) {
      return error.status === undefined ? undefined : { kind: 'unreadable', status: error.status }
    }
    exchange.worker.log.error('a request failed', { request_id: exchange.id, error: String(error) })
    const message = 'An unexpected error occurred'
    return { kind: 'exit', exit: { kind: 'error', status: 500, message }, source: 'error' }
  }
}

/** Gives the connection back and tells the balancer how it went. */
function settle(reply: Reply | undefined, exchange: LiveExchange): void {
  if (reply?.kind !== 'answer' && reply?.kind !== 'failure') return
  if (reply.kind === 'answer') reply.answer.finish()
  // A client that went away before it was answered says nothing of the upstream.
  const status = exchange.response?.status ?? 499
  reply.peer.report(status === 504 ? { kind: 'timeout' } : { kind: 'status', status })
  reply.peer.release()
}

function log(plugins: RequestPlugins, exchange: LiveExchange): void {
  try {
    plugins.log()
  } catch (error) {
    exchange.worker.log.error('a plugin failed to log', { request_id: exchange.id, error: String(error) })
  }
}

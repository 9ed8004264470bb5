import { accessLine } from './access-log/line.ts'
import { nginxAnswer } from './answers/answer.ts'
import type { ServerContext } from './context.ts'
import { isGrpc } from './grpc.ts'
import { LiveExchange } from './live-exchange.ts'
import type { ReceivedRequest } from './received-request.ts'
import { sendAnswer } from './respond.ts'
import type { AnswerWriter } from './response-writer.ts'

/** Answers a request whose head can't be accepted; global plugins filter and log it, as they do in Kong. */
export async function refuseRequest(
  request: ReceivedRequest,
  status: number,
  { context, writer }: { context: ServerContext; writer: AnswerWriter },
): Promise<void> {
  const line = context.current()
  const exchange = new LiveExchange(request, line.configuration, context.worker, performance.now())
  const plugins = line.plugins.forRequest(exchange)
  const answer = nginxAnswer(status, {
    requestHeaders: exchange.request.headers,
    requestId: exchange.id,
    grpc: isGrpc(request),
    errorDefaultType: context.settings.errorDefaultType,
  })
  await sendAnswer(answer, { exchange, plugins, context, writer, keepAlive: false, headless: false }, undefined)
  exchange.traffic.sent = writer.bytesWritten
  plugins.log()
  context.accessLog?.add(accessLine(exchange, writer))
}

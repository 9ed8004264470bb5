import { HeaderList } from '../../headers.ts'
import type { Exit, ExitBody, ExitHeaders } from '../../plugins/plugin.ts'
import { errorBody, nginxPage, plainOnTlsPage } from './error-body.ts'
import { addGrpcStatus } from './grpc-status.ts'
import { messageFor, pageTitle } from './messages.ts'
import { type NegotiatedType, typeByAccept, typeOfPage } from './negotiation.ts'

/** An answer that the gateway makes itself, before the filters of plugins have seen it. */
export interface Answer {
  readonly status: number
  readonly headers: HeaderList
  readonly body: Buffer
  /** Whether nginx would close the connection after it. */
  readonly closes: boolean
  /** Whether a bare text type gets a charset: all but nginx's pages for 301 and 302. */
  readonly charset: boolean
}

/** What the form of an answer depends on. */
export interface AnswerContext {
  readonly requestHeaders: HeaderList
  readonly requestId: string
  /** Whether the request is a call of gRPC. */
  readonly grpc: boolean
  readonly errorDefaultType: NegotiatedType
}

/** Statuses that Kong answers for nginx. Source: Kong 3.9, error_page in nginx_kong.lua. */
const errorPages: ReadonlySet<number> = new Set([400, 404, 405, 408, 411, 412, 413, 414, 417, 494, 500, 502, 503, 504])
/** Source: nginx 1.25, ngx_http_special_response_handler. */
const closing: ReadonlySet<number> = new Set([400, 413, 414, 494, 497, 500, 501])

/** The answer that an exit stands for, by one of the three writers. */
export function answerOf(exit: Exclude<Exit, { kind: 'close' }>, context: AnswerContext): Answer {
  switch (exit.kind) {
    case 'error':
      return errorAnswer(exit.status, exit.message ?? messageFor(exit.status), context, exit.headers)
    case 'exit':
      return exitAnswer(exit.status, exit.body, context, exit.headers)
    case 'nginx':
      return nginxAnswer(exit.status, context, exit.headers)
  }
}

/** Writer A: an error that the gateway or a plugin gives on purpose, its type negotiated by Accept. */
export function errorAnswer(status: number, message: string, context: AnswerContext, extra?: ExitHeaders): Answer {
  if (context.grpc && !headersOf(undefined, extra).has('content-type')) {
    const headers = headersOf('application/grpc', extra)
    addGrpcStatus(headers, status, undefined)
    return { status, headers, body: none, closes: false, charset: true }
  }
  return typed(status, typeByAccept(context.requestHeaders), message, context, extra, false)
}

/** Writer B: what nginx answers of itself; some statuses in Kong's form, the others in nginx's own HTML. */
export function nginxAnswer(status: number, context: AnswerContext, extra?: ExitHeaders): Answer {
  const closes = closing.has(status)
  if (errorPages.has(status)) {
    const sent = status === 494 ? 400 : status
    if (context.grpc && !context.requestHeaders.has('accept')) {
      return { ...grpcExit(sent, messageFor(status), extra), closes }
    }
    const type = typeOfPage(context.requestHeaders, context.errorDefaultType)
    return typed(sent, type, messageFor(status), context, extra, closes)
  }
  return nginxOwnPage(status, extra)
}

/** nginx's own HTML for a status, whatever Kong would make of it. */
export function nginxOwnPage(status: number, extra?: ExitHeaders): Answer {
  const charset = status !== 301 && status !== 302
  const body = Buffer.from(status === 497 ? plainOnTlsPage : nginxPage(pageTitle(status)))
  return {
    status: status === 497 ? 400 : status,
    headers: headersOf('text/html', extra),
    body,
    closes: closing.has(status),
    charset,
  }
}

/** Writer C: a compact JSON table, or a text as it is. */
function exitAnswer(status: number, body: ExitBody | undefined, { grpc }: AnswerContext, extra?: ExitHeaders): Answer {
  const type = headersOf(undefined, extra).get('content-type')
  if (type === undefined ? grpc : type.startsWith('application/grpc')) return grpcExit(status, body, extra)
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) {
    return { status, headers: headersOf(undefined, extra), body: bytesOf(body), closes: false, charset: true }
  }
  const headers = headersOf('application/json; charset=utf-8', extra)
  return { status, headers, body: Buffer.from(JSON.stringify(body)), closes: false, charset: true }
}

/** Writer C for gRPC: the body becomes the message, unless it is meant for gRPC as it is. */
function grpcExit(status: number, body: ExitBody | undefined, extra?: ExitHeaders): Answer {
  const headers = headersOf(undefined, extra)
  if (headers.has('content-type')) {
    addGrpcStatus(headers, status, undefined)
    const whole = typeof body === 'string' || Buffer.isBuffer(body) ? bytesOf(body) : none
    return { status, headers, body: whole, closes: false, charset: true }
  }
  addGrpcStatus(headers, status, messageOf(body))
  return { status, headers, body: none, closes: false, charset: true }
}

function messageOf(body: ExitBody | undefined): string | undefined {
  if (body === undefined || typeof body === 'string') return body
  if (Buffer.isBuffer(body)) return body.toString('latin1')
  return typeof body.message === 'string' ? body.message : undefined
}

const none = Buffer.alloc(0)

function bytesOf(body: string | Buffer | undefined): Buffer {
  return body === undefined ? none : typeof body === 'string' ? Buffer.from(body) : body
}

function typed(
  status: number,
  type: NegotiatedType,
  message: string,
  context: AnswerContext,
  extra: ExitHeaders | undefined,
  closes: boolean,
): Answer {
  const body = Buffer.from(errorBody(type, message, context.requestId))
  return { status, headers: headersOf(`${type}; charset=utf-8`, extra), body, closes, charset: true }
}

/** The headers of an exit; a Content-Type among them wins over the given one. */
function headersOf(type: string | undefined, extra: ExitHeaders = {}): HeaderList {
  const headers = new HeaderList()
  for (const [name, value] of Object.entries(extra)) {
    for (const one of typeof value === 'string' ? [value] : value) headers.add(name, one)
  }
  if (type !== undefined && !headers.has('content-type')) headers.add('Content-Type', type)
  return headers
}

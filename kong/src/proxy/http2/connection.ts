import http2, { type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { type ClientFacts, factsOf } from '../client-facts.ts'
import type { ServerContext } from '../context.ts'
import { BadRequest } from '../http1/bad-request.ts'
import { checkHead, checkLength, type Framing } from '../http1/framing.ts'
import type { RequestHead } from '../http1/request-head.ts'
import { ReceivedRequest } from '../received-request.ts'
import { refuseRequest } from '../refuse-request.ts'
import { RequestBody } from '../request-body.ts'
import { serveRequest } from '../serve-request.ts'
import { ConnectionLost } from '../socket-reader.ts'
import { readHead } from './request-head.ts'
import { StreamWriter } from './response-writer.ts'
import { StreamBody } from './stream-body.ts'

const { NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR } = http2.constants

/** nginx's http2_max_concurrent_streams, and the 64 KiB of a body that it takes before anything reads it. */
const sessionSettings = { maxConcurrentStreams: 128, initialWindowSize: 65_536, enablePush: false }

/**
 * Bounds on what a client can make a connection do. Streams that the client resets: twice as many as may be open, then
 * some per second (CVE-2023-44487). Fields of a head: fewer than nginx's 1000, since one byte can stand for a whole field
 * and a connection has many heads under way (CVE-2026-49975).
 */
const sessionLimits = { streamResetBurst: 256, streamResetRate: 33, maxHeaderListPairs: 128 }

/** Milliseconds for a client to close its side of a connection that was idle for too long. */
const goodbye = 1_000

/** Milliseconds that a client may go on sending after the end of its answer; nginx's lingering_timeout. */
const lingering = 5_000

/**
 * One connection of a client that speaks HTTP/2: every stream is a request, served beside the others. Floods of resets,
 * of settings, pings and CONTINUATION frames are stopped by node's and nghttp2's own limits.
 */
export class Http2Connection {
  readonly #socket: Socket
  readonly #session: ServerHttp2Session
  readonly #context: ServerContext
  readonly #facts: ClientFacts
  readonly #ended: Promise<void>
  #requests = 0
  #streams = 0
  #idleTimer: NodeJS.Timeout | undefined

  constructor(socket: Socket, context: ServerContext) {
    this.#socket = socket
    this.#context = context
    this.#facts = factsOf(socket, context.settings)
    socket.setNoDelay(true)
    this.#session = http2.performServerHandshake(socket, { settings: sessionSettings, ...sessionLimits })
    this.#ended = new Promise((resolve) => this.#session.once('close', () => resolve()))
    this.#session.on('stream', (stream, _headers, _flags, lines: string[]) => void this.#serve(stream, lines))
    // What breaks a connection breaks its streams, which tell whoever works for them.
    this.#session.on('error', () => undefined)
    socket.on('error', () => undefined)
    this.#session.once('close', () => clearTimeout(this.#idleTimer))
    this.#closeWhenIdleFor(context.settings.client.headerTimeout)
  }

  run(): Promise<void> {
    return this.#ended
  }

  get idle(): boolean {
    return this.#streams === 0
  }

  finish(): void {
    this.#session.close()
  }

  destroy(): void {
    this.#session.destroy()
  }

  async #serve(stream: ServerHttp2Stream, lines: readonly string[]): Promise<void> {
    const { settings, worker } = this.#context
    stream.on('error', () => undefined)
    stream.once('close', () => this.#leaveStream())
    clearTimeout(this.#idleTimer)
    this.#streams += 1
    this.#requests += 1
    if (this.#requests >= settings.client.keepAliveRequests) this.#session.close()
    const writer = new StreamWriter(stream, settings.client.sendTimeout)
    try {
      await this.#answer(stream, lines, writer)
    } catch (error) {
      if (!(error instanceof ConnectionLost)) worker.log.error('a stream failed', { error: String(error) })
    } finally {
      if (!writer.ended) stream.close(NGHTTP2_INTERNAL_ERROR)
    }
  }

  #leaveStream(): void {
    this.#streams -= 1
    if (this.#streams === 0) this.#closeWhenIdleFor(this.#context.settings.client.keepAliveTimeout)
  }

  /** Pings and pieces of a head do not put it off. A client that does not close its side in turn is cut off. */
  #closeWhenIdleFor(timeout: number): void {
    if (this.#socket.destroyed) return
    this.#idleTimer = setTimeout(() => {
      this.#session.close()
      this.#idleTimer = setTimeout(() => this.#socket.destroy(), goodbye)
    }, timeout)
  }

  async #answer(stream: ServerHttp2Stream, lines: readonly string[], writer: StreamWriter): Promise<void> {
    const { head, size, fault } = readHead(lines)
    const framing = fault ?? framingOf(head, this.#context.settings.limits.maxBodyBytes)
    if (framing instanceof BadRequest) {
      await refuseRequest(this.#request(head, undefined, size), framing.status, { context: this.#context, writer })
      return leave(stream, undefined)
    }
    const body = stream.endAfterHeaders ? undefined : this.#body(stream, framing)
    const request = this.#request(head, body, size)
    stream.once('close', () => request.cancellation.cancel())
    try {
      await serveRequest(request, {
        context: this.#context,
        writer,
        isGone: () => stream.destroyed || stream.closed,
        keepAlive: () => true,
        headless: false,
      })
      if (writer.ended) leave(stream, body)
    } finally {
      await body?.dispose()
    }
  }

  #body(stream: ServerHttp2Stream, framing: Framing): RequestBody {
    const live = new StreamBody(stream, this.#context.settings.client.bodyTimeout)
    return new RequestBody(live, {
      declared: framing.kind === 'length' ? framing.length : undefined,
      maxBytes: this.#context.settings.limits.maxBodyBytes,
      budget: this.#context.spoolBudget,
    })
  }

  #request(head: RequestHead, body: RequestBody | undefined, headSize: number): ReceivedRequest {
    const facts = { ...this.#facts, connectionRequests: this.#requests, headSize }
    return new ReceivedRequest(head, body, facts, this.#context.realIp)
  }
}

/**
 * Leaves a stream whose answer was handed on. What the client still sends is read to nowhere for a while: a stream that
 * is closed at once would lose what is still to be sent of the answer.
 */
function leave(stream: ServerHttp2Stream, body: RequestBody | undefined): void {
  if (stream.destroyed) return
  const timer = setTimeout(() => stream.close(NGHTTP2_NO_ERROR), lingering)
  stream.once('close', () => clearTimeout(timer))
  if (body) body.discard().catch(() => undefined)
  else stream.resume()
}

function framingOf(head: RequestHead, maxBodyBytes: number): Framing | BadRequest {
  try {
    const framing = checkHead(head)
    checkLength(framing, maxBodyBytes)
    return framing
  } catch (error) {
    if (error instanceof BadRequest) return error
    throw error
  }
}

import type { Socket } from 'node:net'
import { BodyUnreadable } from '../body-unreadable.ts'
import { type ClientFacts, factsOf } from './client-facts.ts'
import type { ServerContext } from './context.ts'
import { FramedBody } from './framed-body.ts'
import { BadRequest } from './http1/bad-request.ts'
import { ChunkedFault } from './http1/chunked.ts'
import { checkHead, checkLength, type Framing } from './http1/framing.ts'
import { type PartialHead, type RequestHead, RequestHeadParser } from './http1/request-head.ts'
import { ReceivedRequest } from './received-request.ts'
import { refuseRequest } from './refuse-request.ts'
import { RequestBody } from './request-body.ts'
import { ResponseWriter } from './response-writer.ts'
import { serveRequest } from './serve-request.ts'
import { ConnectionLost, ReadTimeout, SocketReader } from './socket-reader.ts'
import { drained, flushed, WriteTimeout } from './socket-writer.ts'

/** One connection of a client: reads its requests one after the other and answers each before the next. */
export class ClientConnection {
  readonly #socket: Socket
  readonly #reader: SocketReader
  readonly #context: ServerContext
  readonly #facts: ClientFacts
  readonly #astray: boolean
  #requests = 0
  #busy = false
  #closing = false

  /** @param astray whether the client speaks without TLS on a port that is for TLS: it is told so, and no more. */
  constructor(socket: Socket, context: ServerContext, { astray = false } = {}) {
    this.#astray = astray
    this.#socket = socket
    this.#reader = new SocketReader(socket)
    this.#context = context
    this.#facts = factsOf(socket, context.settings)
    socket.setNoDelay(true)
  }

  /** Serves until the connection ends. */
  async run(): Promise<void> {
    try {
      while (!this.#closing && (await this.#serveOne()));
      await this.#linger()
    } catch (error) {
      if (!isConnectionFault(error)) this.#context.worker.log.error('a connection failed', { error: String(error) })
    } finally {
      this.#socket.destroy()
    }
  }

  /** Whether no request is under way, nor the head of one. */
  get idle(): boolean {
    return !this.#busy
  }

  /** Closes the connection: at once if it is idle, else after the request under way. */
  finish(): void {
    this.#closing = true
    if (!this.#busy) this.#socket.destroy()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /** Serves the next request; answers whether another may follow. */
  async #serveOne(): Promise<boolean> {
    const parser = new RequestHeadParser()
    let received: { head: RequestHead; framing: Framing }
    try {
      const head = await this.#readHead(parser)
      if (!head) return false
      received = { head, framing: checkHead(head) }
      checkLength(received.framing, this.#context.settings.limits.maxBodyBytes)
      if (this.#astray) throw new BadRequest(497, 'HTTP without TLS')
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error
      await this.#refuse(parser, error)
      return false
    }
    return this.#answer(received.head, received.framing, parser.size)
  }

  /** The next head; undefined if the client ends or takes too long before one began. */
  async #readHead(parser: RequestHeadParser): Promise<RequestHead | undefined> {
    const { headerTimeout, keepAliveTimeout } = this.#context.settings.client
    this.#busy = false
    const first = await this.#reader.read(this.#requests === 0 ? headerTimeout : keepAliveTimeout)
    this.#busy = first !== undefined
    const deadline = performance.now() + headerTimeout
    for (let bytes = first; bytes; bytes = await this.#reader.read(Math.max(1, deadline - performance.now()))) {
      const used = parser.feed(bytes)
      if (used === undefined) continue
      this.#reader.giveBack(bytes.subarray(used))
      return parser.head
    }
    return undefined
  }

  #request(head: PartialHead, body: RequestBody | undefined, headSize: number): ReceivedRequest {
    const facts = { ...this.#facts, connectionRequests: this.#requests, headSize }
    return new ReceivedRequest(head, body, facts, this.#context.realIp)
  }

  async #refuse(parser: RequestHeadParser, { status }: BadRequest): Promise<void> {
    this.#requests += 1
    const context = this.#context
    const writer = new ResponseWriter(this.#socket, context.settings.client.sendTimeout)
    await refuseRequest(this.#request(parser.partial, undefined, parser.size), status, { context, writer })
  }

  async #answer(head: RequestHead, framing: Framing, headSize: number): Promise<boolean> {
    this.#requests += 1
    const { bodyTimeout, keepAliveRequests, sendTimeout } = this.#context.settings.client
    const live = new FramedBody(this.#reader, framing, bodyTimeout)
    const body = framing.kind === 'none' ? undefined : this.#body(head, framing, live)
    const request = this.#request(head, body, headSize)
    const mayStay = keptAlive(head) && this.#requests < keepAliveRequests
    this.#reader.onGone = () => request.cancellation.cancel()
    if (this.#reader.ended) request.cancellation.cancel()
    const writer = new ResponseWriter(this.#socket, sendTimeout)
    try {
      const open = await serveRequest(request, {
        context: this.#context,
        writer,
        tunnelEnd: { socket: this.#socket, reader: this.#reader },
        isGone: () => this.#socket.destroyed,
        keepAlive: () => mayStay && !this.#closing && body?.isHeldBack !== true,
        headless: head.httpVersion === '0.9',
      })
      this.#reader.onGone = undefined
      if (!open) return false
      if (body && !(await body.discard())) return false
      // A client that asks on and on without reading is not answered on and on.
      if (this.#socket.writableNeedDrain) await drained(this.#socket, sendTimeout)
      return true
    } finally {
      await body?.dispose()
    }
  }

  #body(head: RequestHead, framing: Framing, live: FramedBody): RequestBody {
    const waits = head.headers.get('expect')?.toLowerCase() === '100-continue' && head.httpVersion !== '1.0'
    const goOn = () => void this.#socket.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1')
    return new RequestBody(live, {
      declared: framing.kind === 'length' ? framing.length : undefined,
      maxBytes: this.#context.settings.limits.maxBodyBytes,
      budget: this.#context.spoolBudget,
      goOn: waits ? goOn : undefined,
    })
  }

  /**
   * Ends our side once all is sent, then reads what the client still sends to nowhere for a moment: closing with unread
   * bytes would reset the connection, and the client might never see the answer.
   */
  async #linger(): Promise<void> {
    const socket = this.#socket
    if (socket.destroyed) return
    socket.end()
    await flushed(socket, this.#context.settings.client.sendTimeout)
    const deadline = performance.now() + 30_000
    try {
      while (performance.now() < deadline && (await this.#reader.read(5_000)));
    } catch (error) {
      if (!(error instanceof ReadTimeout)) throw error
    }
  }
}

/** Whether it is the connection itself that broke: there is nobody left to tell. */
const isConnectionFault = (error: unknown): boolean =>
  error instanceof ConnectionLost ||
  error instanceof ReadTimeout ||
  error instanceof WriteTimeout ||
  error instanceof ChunkedFault ||
  error instanceof BodyUnreadable

/** Source: nginx 1.25, ngx_http_process_connection: a mere part of the value counts. */
function keptAlive({ headers, httpVersion }: RequestHead): boolean {
  let alive = httpVersion === '1.1' || httpVersion === '1.x'
  for (const value of headers.all('connection')) {
    if (/close/i.test(value)) alive = false
    else if (/keep-alive/i.test(value)) alive = true
  }
  return alive
}

import type { HeaderList } from '../../headers.ts'
import type { BodySource } from '../body-source.ts'
import type { Cancellation } from '../cancellation.ts'
import { FramedBody } from '../framed-body.ts'
import { BadResponse, type ResponseHead, ResponseHeadParser } from '../http1/response-head.ts'
import { ConnectionLost, ReadTimeout } from '../socket-reader.ts'
import { drained, WriteTimeout, writePiece } from '../socket-writer.ts'
import { writeRequestHead } from '../upstream-head.ts'
import type { Address } from './address.ts'
import { ConnectTimeout, connect, type UpstreamConnection } from './connection.ts'
import type { ConnectionPool } from './pool.ts'

/** Milliseconds: for connecting, and between two writes or two reads. */
export interface Timeouts {
  readonly connect: number
  readonly write: number
  readonly read: number
}

/** One request as it goes to one address. */
export interface UpstreamMessage {
  readonly method: string
  readonly target: string
  /** For the Host header. */
  readonly host: string
  /** The other headers: name, value, name, value, … */
  readonly lines: readonly string[]
  readonly body: BodySource | undefined
  /** Whether the body goes out in chunks. */
  readonly chunked: boolean
  /** Whether it asks for another protocol. */
  readonly upgradable: boolean
}

/** The body of an upstream's answer. */
export interface AnswerBody extends BodySource {
  /** Whether all of it was read. */
  readonly done: boolean
  /** The fields that came after it, once it is done. */
  readonly trailers?: HeaderList | undefined
}

/** The upstream has answered; the body is still to be read. */
export interface UpstreamAnswer {
  readonly head: ResponseHead
  readonly body: AnswerBody
  /** The connection, where it is this answer's alone. */
  readonly connection: UpstreamConnection | undefined
  readonly http2: boolean
  /** Gives the connection back, or closes it if it can't be used again. To be called once, when all is done. */
  finish(): void
}

/** An attempt that brought no answer. */
export class AttemptFailed extends Error {
  override readonly name = 'AttemptFailed'
  readonly kind: 'error' | 'timeout' | 'invalid'
  /** Whether the upstream may have seen the request. */
  readonly sent: boolean
  /** Whether a connection was used that had served before: it may just have been closed. */
  readonly reused: boolean

  constructor(cause: unknown, sent: boolean, reused: boolean) {
    super('no answer of the upstream', { cause })
    const slow = cause instanceof ReadTimeout || cause instanceof WriteTimeout || cause instanceof ConnectTimeout
    this.kind = slow ? 'timeout' : cause instanceof BadResponse ? 'invalid' : 'error'
    this.sent = sent
    this.reused = reused
  }
}

/**
 * Sends one request to one address and waits for the head of the answer.
 * @throws AttemptFailed
 */
export async function attempt(
  message: UpstreamMessage,
  address: Address,
  { pool, timeouts, cancellation }: { pool: ConnectionPool; timeouts: Timeouts; cancellation: Cancellation },
): Promise<UpstreamAnswer> {
  const idle = pool.take(address)
  const connection = idle ?? (await open(address, timeouts.connect, cancellation))
  const reused = connection.uses > 0
  connection.uses += 1
  cancellation.onCancel = () => connection.destroy()
  try {
    const sending = await send(message, connection, timeouts.write)
    const head = await readHead(message, connection, timeouts.read)
    const body = new FramedBody(connection.reader, head.framing, timeouts.read)
    const finish = () => {
      cancellation.onCancel = undefined
      if (body.done && sending.done && head.keepAlive) pool.keep(address, connection)
      else connection.destroy()
    }
    return { head, body, connection, http2: false, finish }
  } catch (error) {
    connection.destroy()
    throw new AttemptFailed(error, true, reused)
  }
}

async function open(address: Address, timeout: number, cancellation: Cancellation): Promise<UpstreamConnection> {
  try {
    return await connect(address, timeout, cancellation)
  } catch (error) {
    throw new AttemptFailed(error, false, false)
  }
}

interface Sending {
  done: boolean
}

/**
 * Sends head and body. Comes back when all is sent, or as soon as the upstream answers or closes before that; then the
 * rest of the body follows while the answer is read.
 */
async function send(
  message: UpstreamMessage,
  { socket, reader }: UpstreamConnection,
  timeout: number,
): Promise<Sending> {
  const sending: Sending = { done: message.body === undefined }
  if (!message.body) {
    socket.write(writeRequestHead(message), 'latin1')
    return sending
  }
  const all = sendBody(message, message.body, socket, timeout).then(() => {
    sending.done = true
  })
  const answered = new Promise<void>((resolve) => {
    reader.onUnasked = resolve
    reader.onGone = resolve
  })
  all.catch(() => undefined)
  await Promise.race([all, answered])
  reader.onUnasked = undefined
  reader.onGone = undefined
  return sending
}

async function sendBody(
  message: UpstreamMessage,
  body: BodySource,
  socket: UpstreamConnection['socket'],
  timeout: number,
): Promise<void> {
  let prefix = writeRequestHead(message)
  for (let piece = await body.next(); piece; piece = await body.next()) {
    if (message.chunked) prefix += `${piece.length.toString(16)}\r\n`
    writePiece(socket, prefix, piece, '')
    prefix = message.chunked ? '\r\n' : ''
    if (socket.writableNeedDrain) await drained(socket, timeout)
  }
  if (message.chunked) prefix += '0\r\n\r\n'
  if (prefix !== '') socket.write(prefix, 'latin1')
}

async function readHead(
  { method, upgradable }: UpstreamMessage,
  { reader }: UpstreamConnection,
  timeout: number,
): Promise<ResponseHead> {
  const parser = new ResponseHeadParser(method, upgradable)
  for (;;) {
    const bytes = await reader.read(timeout)
    if (!bytes) throw new ConnectionLost('closed before an answer')
    const result = parser.feed(bytes)
    if (!result) continue
    reader.giveBack(bytes.subarray(result.used))
    return result.head
  }
}

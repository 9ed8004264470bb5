import http2, { type ClientHttp2Stream } from 'node:http2'
import { HeaderList } from '../../headers.ts'
import type { BodySource } from '../body-source.ts'
import type { Cancellation } from '../cancellation.ts'
import type { ResponseHead } from '../http1/response-head.ts'
import { ConnectionLost, ReadTimeout } from '../socket-reader.ts'
import { drained } from '../socket-writer.ts'
import type { Address } from '../upstream/address.ts'
import { AttemptFailed, type Timeouts, type UpstreamAnswer, type UpstreamMessage } from '../upstream/attempt.ts'
import { fieldsOf } from './fields.ts'
import { StreamBody } from './stream-body.ts'
import type { UpstreamSession, UpstreamSessions } from './upstream-sessions.ts'

const { NGHTTP2_CANCEL, NGHTTP2_REFUSED_STREAM } = http2.constants
/** The flag of a frame that ends its stream. */
const endStream = 1

interface Surroundings {
  readonly sessions: UpstreamSessions
  readonly timeouts: Timeouts
  readonly cancellation: Cancellation
}

/**
 * Sends one request over HTTP/2 and waits for the head of the answer; the request's body goes on while the answer is
 * read, so that both sides can stream.
 * @throws AttemptFailed
 */
export async function attemptHttp2(
  message: UpstreamMessage,
  address: Address,
  { sessions, timeouts, cancellation }: Surroundings,
): Promise<UpstreamAnswer> {
  const held = await sessions.take(address, timeouts.connect, cancellation).catch((error) => {
    throw new AttemptFailed(error, false, false)
  })
  const reused = held.uses > 0
  const stream = open(held, message, address)
  cancellation.onCancel = () => stream.close(NGHTTP2_CANCEL)
  const body = new StreamBody(stream, timeouts.read)
  const answered = headOf(stream)
  try {
    const sending = send(message.body, stream, timeouts.write)
    const head = await Promise.race([answered, silence(sending, timeouts.read)])
    return { head, body, connection: undefined, http2: true, finish: () => finish(stream, body, cancellation) }
  } catch (error) {
    cancellation.onCancel = undefined
    const refused = stream.rstCode === NGHTTP2_REFUSED_STREAM
    stream.close(NGHTTP2_CANCEL)
    throw new AttemptFailed(error, !refused, reused)
  }
}

function open(held: UpstreamSession, message: UpstreamMessage, { tls }: Address): ClientHttp2Stream {
  const lines = [
    ...[':method', message.method, ':scheme', tls ? 'https' : 'http', ':path', message.target],
    ...[':authority', message.host],
    ...fieldsOf(message.lines),
  ]
  let stream: ClientHttp2Stream
  try {
    stream = held.session.request(lines, { endStream: message.body === undefined })
  } catch (error) {
    throw new AttemptFailed(error, false, held.uses > 0)
  }
  held.uses += 1
  held.open += 1
  stream.once('close', () => {
    held.open -= 1
  })
  return stream
}

function headOf(stream: ClientHttp2Stream): Promise<ResponseHead> {
  const head = new Promise<ResponseHead>((resolve, reject) => {
    let reason = 'the stream was reset'
    stream.on('error', (error: Error) => {
      reason = error.message
    })
    stream.once('close', () => reject(new ConnectionLost(reason)))
    stream.once('response', (headers, flags, lines?: string[]) => {
      const fields = new HeaderList((lines ?? []).slice(2))
      const bare = (flags & endStream) !== 0
      resolve({
        status: Number(headers[':status']),
        reason: '',
        headers: fields,
        framing: bare ? { kind: 'none' } : framingOf(fields),
        keepAlive: true,
      })
    })
  })
  head.catch(() => undefined)
  return head
}

function framingOf(headers: HeaderList): ResponseHead['framing'] {
  const length = headers.get('content-length')
  return length === undefined ? { kind: 'chunked' } : { kind: 'length', length: Number(length) }
}

/** Fails when the body can't be sent, or when nothing comes for so many milliseconds after it was. */
async function silence(sending: Promise<void>, timeout: number): Promise<never> {
  await sending
  await new Promise((resolve) => setTimeout(resolve, timeout).unref())
  throw new ReadTimeout(`nothing read for ${timeout} ms`)
}

/** Sends the body. What breaks off here breaks the stream: whoever reads the answer learns of it. */
async function send(body: BodySource | undefined, stream: ClientHttp2Stream, timeout: number): Promise<void> {
  if (!body) return
  try {
    for (let piece = await body.next(); piece; piece = await body.next()) {
      if (stream.destroyed || stream.closed || stream.writableEnded) return
      if (!stream.write(piece)) await drained(stream, timeout)
    }
    stream.end()
  } catch (error) {
    if (error instanceof ConnectionLost) return
    stream.close(NGHTTP2_CANCEL)
    throw error
  }
}

function finish(stream: ClientHttp2Stream, body: StreamBody, cancellation: Cancellation): void {
  cancellation.onCancel = undefined
  if (!body.done || !stream.writableEnded) stream.close(NGHTTP2_CANCEL)
}

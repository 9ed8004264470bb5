import type { ServerHttp2Stream } from 'node:http2'
import type { HeaderList } from '../../headers.ts'
import { type AnswerWriter, httpDate, type ResponseStart } from '../response-writer.ts'
import { ConnectionLost } from '../socket-reader.ts'
import { drained } from '../socket-writer.ts'
import { fieldsOf } from './fields.ts'

/** Writes an answer on one stream; the head goes out with the first piece of the body. */
export class StreamWriter implements AnswerWriter {
  readonly #stream: ServerHttp2Stream
  readonly #timeout: number
  #response: ResponseStart | undefined
  #trailers: HeaderList | undefined
  #headSent = false
  /** Bytes of fields and bodies, before the compression of HPACK. */
  bytesWritten = 0
  headBytes = 0
  /** Whether the whole answer was handed on. */
  ended = false

  constructor(stream: ServerHttp2Stream, timeout: number) {
    this.#stream = stream
    this.#timeout = timeout
  }

  get started(): boolean {
    return this.#response !== undefined
  }

  start(response: ResponseStart): void {
    this.#response = response
  }

  async write(piece: Buffer): Promise<void> {
    if (piece.length === 0 || this.#isBodiless) return
    this.#sendHead(false)
    this.bytesWritten += piece.length
    if (!this.#stream.write(piece)) await drained(this.#stream, this.#timeout)
  }

  flush(): void {
    if (!this.#isBodiless) this.#sendHead(false)
  }

  end(piece?: Buffer, trailers?: HeaderList): undefined {
    this.ended = true
    this.#trailers = trailers
    const body = piece && piece.length > 0 && !this.#isBodiless ? piece : undefined
    const done = !body && !this.#headSent && trailers === undefined
    this.#sendHead(done)
    if (done) return undefined
    this.bytesWritten += body?.length ?? 0
    this.#stream.end(body)
    return undefined
  }

  get #isBodiless(): boolean {
    return this.#response?.framing === 'none'
  }

  #sendHead(last: boolean): void {
    const response = this.#response
    if (this.#headSent || !response) return
    if (this.#stream.destroyed || this.#stream.closed) throw new ConnectionLost('the stream was reset')
    this.#headSent = true
    const lines = [':status', String(response.status)]
    if (response.dated) lines.push('date', httpDate())
    lines.push(...fieldsOf(response.headers.lines))
    this.headBytes = lines.reduce((sum, text) => sum + text.length, 0)
    this.bytesWritten += this.headBytes
    const waitForTrailers = !last && response.trailers
    this.#stream.respond(lines, { endStream: last, waitForTrailers })
    if (waitForTrailers) {
      this.#stream.once('wantTrailers', () => this.#stream.sendTrailers(trailersOf(this.#trailers)))
    }
  }
}

/** Several fields of one name become a list. */
function trailersOf(trailers: HeaderList | undefined): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {}
  for (const name of new Set(trailers?.names)) {
    const values = trailers?.all(name) ?? []
    fields[name] = values.length === 1 ? (values[0] ?? '') : values
  }
  return fields
}

import type { BodySource } from './body-source.ts'
import { ChunkedDecoder } from './http1/chunked.ts'
import type { ResponseFraming } from './http1/response-head.ts'
import { ConnectionLost, type SocketReader } from './socket-reader.ts'

/**
 * The body of one message on a connection, by its framing. What follows it on the connection stays with the reader.
 * Rejects with ConnectionLost if the connection ends first, with ChunkedFault or ReadTimeout as they come.
 */
export class FramedBody implements BodySource {
  readonly #reader: SocketReader
  readonly #timeout: number
  readonly #framing: ResponseFraming
  readonly #decoder: ChunkedDecoder | undefined
  #left: number
  #done: boolean
  readonly #decoded: Buffer[] = []

  constructor(reader: SocketReader, framing: ResponseFraming, timeout: number) {
    this.#reader = reader
    this.#timeout = timeout
    this.#framing = framing
    this.#left = framing.kind === 'length' ? framing.length : 0
    this.#decoder = framing.kind === 'chunked' ? new ChunkedDecoder() : undefined
    this.#done = framing.kind === 'none' || (framing.kind === 'length' && framing.length === 0)
  }

  /** Whether all of it was read. */
  get done(): boolean {
    return this.#done && this.#decoded.length === 0
  }

  next(): Promise<Buffer | undefined> | Buffer | undefined {
    for (;;) {
      const ready = this.#decoded.shift()
      if (ready || this.#done) return ready
      const piece = this.#reader.take()
      if (!piece) return this.#wait()
      const content = this.#accept(piece)
      if (content) return content
    }
  }

  async #wait(): Promise<Buffer | undefined> {
    while (!this.#done) {
      const piece = await this.#reader.read(this.#timeout)
      if (!piece) {
        if (this.#framing.kind !== 'close') throw new ConnectionLost('ended within a body')
        this.#done = true
        break
      }
      const content = this.#accept(piece)
      if (content) return content
    }
    return undefined
  }

  #accept(piece: Buffer): Buffer | undefined {
    if (this.#decoder) return this.#decode(this.#decoder, piece)
    if (this.#framing.kind === 'close') return piece
    const own = piece.length > this.#left ? piece.subarray(0, this.#left) : piece
    this.#left -= own.length
    this.#done = this.#left === 0
    if (own !== piece) this.#reader.giveBack(piece.subarray(own.length))
    return own
  }

  #decode(decoder: ChunkedDecoder, piece: Buffer): Buffer | undefined {
    const used = decoder.feed(piece, (content) => this.#decoded.push(content))
    if (decoder.done) {
      this.#done = true
      this.#reader.giveBack(piece.subarray(used))
    }
    return this.#decoded.shift()
  }
}

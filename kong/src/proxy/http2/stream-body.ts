import type { Http2Stream } from 'node:http2'
import { HeaderList } from '../../headers.ts'
import type { BodySource } from '../body-source.ts'
import { ConnectionLost, ReadTimeout } from '../socket-reader.ts'

/**
 * What comes over one stream after its headers. Who reads slowly makes the sender wait, by HTTP/2's flow control.
 * Rejects with ConnectionLost if the stream is reset before its end, and with ReadTimeout.
 */
export class StreamBody implements BodySource {
  readonly #stream: Http2Stream
  readonly #timeout: number
  #done = false
  #ended = false
  #wake: (() => void) | undefined
  /** The fields that came after the body. */
  trailers: HeaderList | undefined

  /** @param timeout milliseconds between two reads. */
  constructor(stream: Http2Stream, timeout: number) {
    this.#stream = stream
    this.#timeout = timeout
    const wake = () => this.#wake?.()
    stream.on('readable', wake)
    stream.on('close', wake)
    stream.on('end', () => {
      this.#ended = true
      wake()
    })
    stream.on('trailers', (_headers, _flags, lines?: string[]) => {
      this.trailers = new HeaderList(lines)
    })
  }

  /** Whether the end was read. */
  get done(): boolean {
    return this.#done
  }

  next(): Promise<Buffer | undefined> | Buffer | undefined {
    const piece: Buffer | null = this.#stream.read()
    if (piece) return piece
    if (!this.#ended) return this.#wait()
    this.#done = true
    return undefined
  }

  async #wait(): Promise<Buffer | undefined> {
    const deadline = performance.now() + this.#timeout
    for (;;) {
      const piece: Buffer | null = this.#stream.read()
      if (piece) return piece
      if (this.#ended) {
        this.#done = true
        return undefined
      }
      if (this.#stream.destroyed || this.#stream.closed) throw new ConnectionLost('the stream was reset')
      const left = deadline - performance.now()
      if (left <= 0) throw new ReadTimeout(`nothing read for ${this.#timeout} ms`)
      await this.#change(left)
    }
  }

  #change(timeout: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeout)
      this.#wake = () => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve()
      }
    })
  }
}

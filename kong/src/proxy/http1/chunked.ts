/** A chunked body that breaks the rules. */
export class ChunkedFault extends Error {
  override readonly name = 'ChunkedFault'
}

type State = 'size' | 'data' | 'afterData' | 'trailer' | 'done'

/** So many bytes may stand on the line of a chunk's size, and in all trailers together. */
const lineLimit = 4096
const trailerLimit = 16_384
const sizeLine = /^([0-9A-Fa-f]+)(?:[; \t].*)?$/s

/**
 * Decodes a chunked body from pieces of any size, as nginx does: extensions and trailers are skipped, a bare line feed
 * ends a line as well. Source: nginx 1.25, ngx_http_parse_chunked.
 */
export class ChunkedDecoder {
  #state: State = 'size'
  #left = 0
  #line = ''
  #trailerBytes = 0

  get done(): boolean {
    return this.#state === 'done'
  }

  /**
   * Takes the next bytes, hands each piece of content to `take`, and answers how many bytes belong to the body (all,
   * until it is done).
   * @throws ChunkedFault
   */
  feed(bytes: Buffer, take: (content: Buffer) => void): number {
    let at = 0
    while (at < bytes.length && this.#state !== 'done') {
      at = this.#state === 'data' ? this.#takeData(bytes, at, take) : this.#takeLine(bytes, at)
    }
    return at
  }

  #takeData(bytes: Buffer, at: number, take: (content: Buffer) => void): number {
    const end = Math.min(at + this.#left, bytes.length)
    take(bytes.subarray(at, end))
    this.#left -= end - at
    if (this.#left === 0) this.#state = 'afterData'
    return end
  }

  #takeLine(bytes: Buffer, at: number): number {
    const feed = bytes.indexOf(0x0a, at)
    const end = feed < 0 ? bytes.length : feed
    this.#line += bytes.toString('latin1', at, end)
    if (this.#state === 'trailer') this.#trailerBytes += end - at
    if (this.#line.length > lineLimit || this.#trailerBytes > trailerLimit) throw new ChunkedFault('too long a line')
    if (feed < 0) {
      this.#refuseEarly()
      return end
    }
    const line = this.#line.endsWith('\r') ? this.#line.slice(0, -1) : this.#line
    this.#line = ''
    if (line.includes('\r')) throw new ChunkedFault('bare carriage return')
    this.#endLine(line)
    return feed + 1
  }

  #endLine(line: string): void {
    if (this.#state === 'size') this.#startChunk(line)
    else if (this.#state === 'afterData') {
      if (line !== '') throw new ChunkedFault('more data than the chunk holds')
      this.#state = 'size'
    } else if (line === '') this.#state = 'done'
  }

  #startChunk(line: string): void {
    const size = sizeLine.exec(line)?.[1]?.replace(/^0+(?=.)/, '')
    if (size === undefined || size.length > 12) throw new ChunkedFault('no chunk size')
    this.#left = Number.parseInt(size, 16)
    this.#state = this.#left === 0 ? 'trailer' : 'data'
  }

  /** A line that has not ended may be wrong already; then there is no use in waiting for the rest. */
  #refuseEarly(): void {
    const line = this.#line.replace(/\r$/, '')
    const wrong =
      this.#state === 'afterData' ? line !== '' : this.#state === 'size' && line !== '' && !sizeLine.test(line)
    if (wrong) throw new ChunkedFault('no chunk')
  }
}

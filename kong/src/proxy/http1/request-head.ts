import { HeaderList } from '../../headers.ts'
import { BadRequest } from './bad-request.ts'
import { HeadBudget } from './head-budget.ts'
import { chompReturns, parseHeaderLine } from './header-line.ts'
import { mayBeRequestLine, parseRequestLine, type RequestLine } from './request-line.ts'

/** A request's line and header lines, as they came; whether they make sense together is for `framing.ts`. */
export interface RequestHead extends RequestLine {
  readonly headers: HeaderList
}

/** Header lines of one head. Source: nginx 1.29.8, max_headers (CVE-2026-49975), which Kong has since 3.9.3. */
const maxHeaderLines = 1000

/** What is known of a request whose head was refused: enough for its answer. */
export type PartialHead = Partial<RequestLine> & { readonly headers: HeaderList }

/**
 * Reads the head of one request from pieces of any size. Leading empty lines are skipped, a bare line feed ends a
 * line as well.
 */
export class RequestHeadParser {
  readonly #budget = new HeadBudget()
  readonly headers = new HeaderList()
  #line: RequestLine | undefined
  /** The bytes of a line that has not ended yet. */
  #rest = ''
  /** Bytes of the lines that were read so far. */
  size = 0

  /** Whether anything but empty lines has come. */
  get started(): boolean {
    return this.#line !== undefined || this.#rest !== ''
  }

  /** The request line, once it was read. */
  get partial(): PartialHead {
    return { ...this.#line, headers: this.headers }
  }

  /**
   * Takes the next bytes; answers how many of them belong to the head once it is complete, else undefined (all do).
   * @throws BadRequest as soon as the head can't become a valid one.
   */
  feed(bytes: Buffer): number | undefined {
    const text = this.#rest + bytes.toString('latin1')
    const before = this.#rest.length
    let start = 0
    for (;;) {
      const end = text.indexOf('\n', start)
      if (end < 0) {
        this.#hold(text.slice(start))
        return undefined
      }
      const done = this.#takeLine(text, start, end)
      this.size += end + 1 - start
      start = end + 1
      if (done) return start - before
    }
  }

  /** The whole head; only once `feed` has answered. */
  get head(): RequestHead {
    if (!this.#line) throw new BadRequest(400, 'no request line')
    return { ...this.#line, headers: this.headers }
  }

  #takeLine(text: string, start: number, end: number): boolean {
    const line = chompReturns(text.slice(start, end))
    if (!this.#line) {
      if (line === '') return false
      if (!this.#budget.book(end + 1 - start)) throw new BadRequest(414, 'the request line is too long')
      this.#line = parseRequestLine(line)
      return this.#line.httpVersion === '0.9'
    }
    if (line === '') {
      if (end - start < 2) return true
      throw new BadRequest(400, 'bare carriage return')
    }
    if (!this.#budget.book(end + 1 - start)) throw new BadRequest(494, 'the head is too large')
    const header = parseHeaderLine(line)
    if (header === 'bad') throw new BadRequest(400, 'invalid header line')
    if (header === 'dropped') return false
    if (this.headers.names.length >= maxHeaderLines) throw new BadRequest(494, 'too many header lines')
    this.headers.add(header.name, header.value)
    return false
  }

  /** Keeps what may still become a line; what can't any more is refused at once. */
  #hold(rest: string): void {
    if (rest.length >= HeadBudget.lineLimit) {
      throw new BadRequest(this.#line ? 494 : 414, 'a line is too long')
    }
    if (!this.#line && !mayBeRequestLine(chompReturns(rest))) throw new BadRequest(400, 'no method')
    this.#rest = rest
  }
}

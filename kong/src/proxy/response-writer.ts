import type { Socket } from 'node:net'
import type { HeaderList } from '../headers.ts'
import { reasonFor } from './answers/messages.ts'
import { oneLine } from './http1/one-line.ts'
import { drained, writePiece } from './socket-writer.ts'

/** How the client finds the end of the body. */
export type SentFraming = 'none' | 'length' | 'chunked' | 'close'

export interface ResponseStart {
  readonly status: number
  readonly reason: string | undefined
  readonly headers: HeaderList
  /** Whether the gateway tells the time; nginx leaves that to the upstream. */
  readonly dated: boolean
  readonly framing: SentFraming
  readonly keepAlive: boolean
  /** Whether fields may follow the body. */
  readonly trailers: boolean
  /** Set for an answer of 101. */
  readonly upgrade: boolean
  /** HTTP/0.9 has no head. */
  readonly headless: boolean
}

/** Writes one answer to a client, in the form of its protocol; the head goes out with the first piece of the body. */
export interface AnswerWriter {
  /** Bytes handed on, head included. */
  readonly bytesWritten: number
  /** Bytes of the head, once the answer has started. */
  readonly headBytes: number
  readonly started: boolean
  start(response: ResponseStart): void
  /** Writes a piece; waits while the client reads slowly. */
  write(piece: Buffer): Promise<void>
  /** Sends the head alone, where the body takes its time. */
  flush(): void
  /**
   * Ends the body, with a last piece, and with trailers where the protocol has them; answers what there is to wait for
   * where the piece is a long one.
   */
  end(piece?: Buffer, trailers?: HeaderList): Promise<void> | undefined
}

/** A longer piece is written in parts, so that a client that reads slowly is not taken for one that does not read. */
const largestWrite = 65_536

/** Writes an answer as HTTP/1.1; trailers are left out, as nginx leaves them out. */
export class ResponseWriter implements AnswerWriter {
  readonly #socket: Socket
  readonly #timeout: number
  #head = ''
  #chunked = false
  #withoutBody = false
  /** Bytes handed to the socket, head included. */
  bytesWritten = 0
  headBytes = 0
  started = false

  constructor(socket: Socket, timeout: number) {
    this.#socket = socket
    this.#timeout = timeout
  }

  start(response: ResponseStart): void {
    this.started = true
    this.#chunked = response.framing === 'chunked'
    this.#withoutBody = response.framing === 'none'
    this.#head = response.headless ? '' : headText(response)
    this.headBytes = this.#head.length
  }

  /** Writes a piece; waits while the client reads slowly. */
  async write(piece: Buffer): Promise<void> {
    if (piece.length === 0 || this.#withoutBody) return
    this.#send(piece)
    if (this.#socket.writableNeedDrain) await drained(this.#socket, this.#timeout)
  }

  /** Sends the head alone, where the body takes its time. */
  flush(): void {
    this.#sendText(this.#head)
    this.#head = ''
  }

  /** Ends the body, with a last piece; answers what there is to wait for where that is a long one. */
  end(piece?: Buffer): Promise<void> | undefined {
    const last = piece && !this.#withoutBody ? piece : undefined
    if (last && last.length > largestWrite) return this.#endInParts(last)
    if (last && last.length > 0) this.#send(last, this.#chunked ? '0\r\n\r\n' : '')
    else this.#sendText(this.#chunked ? `${this.#head}0\r\n\r\n` : this.#head)
    this.#head = ''
    return undefined
  }

  async #endInParts(piece: Buffer): Promise<void> {
    let at = 0
    for (; piece.length - at > largestWrite; at += largestWrite) {
      await this.write(piece.subarray(at, at + largestWrite))
    }
    this.end(piece.subarray(at))
  }

  #send(piece: Buffer, last = ''): void {
    const before = this.#chunked ? `${this.#head}${piece.length.toString(16)}\r\n` : this.#head
    const after = this.#chunked ? `\r\n${last}` : last
    this.#head = ''
    this.bytesWritten += before.length + piece.length + after.length
    writePiece(this.#socket, before, piece, after)
  }

  #sendText(text: string): void {
    if (text === '') return
    this.#socket.write(text, 'latin1')
    this.bytesWritten += text.length
  }
}

function headText({ status, reason, headers, dated, framing, keepAlive, upgrade }: ResponseStart): string {
  let head = `HTTP/1.1 ${status} ${reason ?? reasonFor(status)}\r\n`
  if (dated) head += `Date: ${httpDate()}\r\n`
  if (framing === 'chunked') head += 'Transfer-Encoding: chunked\r\n'
  head += `Connection: ${upgrade ? 'upgrade' : keepAlive ? 'keep-alive' : 'close'}\r\n`
  const { lines } = headers
  for (let i = 0; i < lines.length; i += 2) head += `${lines[i]}: ${oneLine(lines[i + 1] ?? '')}\r\n`
  return `${head}\r\n`
}

let dateText = ''
let dateSecond = 0

/** The time in the form of a Date header; made once a second. */
export function httpDate(): string {
  const second = Math.floor(Date.now() / 1000)
  if (second !== dateSecond) {
    dateSecond = second
    dateText = new Date(second * 1000).toUTCString()
  }
  return dateText
}

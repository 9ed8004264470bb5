import { StringDecoder } from 'node:string_decoder'

/** What came is no message of the protocol; the connection is of no use any more. */
export class BrokenFrame extends Error {
  override readonly name = 'BrokenFrame'
}

/** A larger message is refused, in UTF-16 code units, as the protocol counts. */
export const MAX_MESSAGE_LENGTH = 4 * 1024 * 1024
const LONGEST_PREFIX = 10

/** A message as NestJS frames it on TCP: its length in UTF-16 code units, `#`, and the message as JSON. */
export function frame(message: unknown): string {
  const text = JSON.stringify(message)
  return `${text.length}#${text}`
}

/** Takes the bytes of a connection as they come and gives the messages that are whole. */
export class FrameReader {
  readonly #decoder = new StringDecoder('utf8')
  /** The longest message that is taken; may be raised in between. */
  maxLength: number
  #text = ''
  #expected: number | undefined

  constructor(maxLength = MAX_MESSAGE_LENGTH) {
    this.maxLength = maxLength
  }

  /** Whether a message has begun and not ended. */
  get midMessage(): boolean {
    return this.#text !== '' || this.#expected !== undefined
  }

  /** @throws BrokenFrame */
  *read(bytes: Buffer): Generator<unknown> {
    this.write(bytes)
    for (let next = this.next(); next; next = this.next()) yield next.message
  }

  write(bytes: Buffer): void {
    this.#text += this.#decoder.write(bytes)
  }

  /** @returns the next whole message, if there is one. @throws BrokenFrame */
  next(): { message: unknown } | undefined {
    this.#expected ??= this.#takeLength()
    if (this.#expected === undefined || this.#text.length < this.#expected) return undefined
    const text = this.#text.slice(0, this.#expected)
    this.#text = this.#text.slice(this.#expected)
    this.#expected = undefined
    try {
      return { message: JSON.parse(text) }
    } catch (cause) {
      throw new BrokenFrame('a message is not JSON', { cause })
    }
  }

  #takeLength(): number | undefined {
    const end = this.#text.indexOf('#')
    const prefix = end < 0 ? this.#text : this.#text.slice(0, end)
    if (!/^\d*$/.test(prefix) || prefix.length > LONGEST_PREFIX) throw new BrokenFrame('a message has no length')
    if (end < 0) return undefined
    if (prefix === '') throw new BrokenFrame('a message has no length')
    const length = Number(prefix)
    if (length > this.maxLength) throw new BrokenFrame(`a message of ${length} characters, above the limit`)
    this.#text = this.#text.slice(end + 1)
    return length
  }
}

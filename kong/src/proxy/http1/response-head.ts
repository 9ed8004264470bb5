import { HeaderList } from '../../headers.ts'
import { isLength } from './framing.ts'
import { chompReturns, parseHeaderLine } from './header-line.ts'
import { trimSpaces } from './request-line.ts'

/** An answer of the upstream that can't be passed on. */
export class BadResponse extends Error {
  override readonly name = 'BadResponse'
}

/** How the end of an answer's body is found; `close` is the end of the connection. */
export type ResponseFraming =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'close' }

export interface ResponseHead {
  readonly status: number
  /** What follows the status, such as `Not Found`; may be empty. */
  readonly reason: string
  readonly headers: HeaderList
  readonly framing: ResponseFraming
  /** Whether the connection may be used again afterwards. */
  readonly keepAlive: boolean
}

/** Kong 3.9's proxy_buffer_size: a head that does not fit is answered 502. */
const headLimit = 4096
/** Interim answers without end would keep a request waiting without end. */
const interimLimit = 16
const statusLine = /^HTTP\/(\d)\.(\d+) +(\d{3})(?:[ .]([^\r\0]*))?$/

/** Reads the head of the upstream's answer from pieces of any size; interim answers (1xx but 101) are skipped. */
export class ResponseHeadParser {
  readonly #method: string
  readonly #upgradable: boolean
  #text = ''
  #interims = 0

  /** @param upgradable whether the request asked for another protocol, so that 101 may answer it. */
  constructor(method: string, upgradable: boolean) {
    this.#method = method
    this.#upgradable = upgradable
  }

  /**
   * Takes the next bytes; answers the head and how many of these bytes belong to it, or undefined until it is whole.
   * @throws BadResponse
   */
  feed(bytes: Buffer): { head: ResponseHead; used: number } | undefined {
    let before = this.#text.length
    this.#text += bytes.toString('latin1')
    for (;;) {
      const end = headEnd(this.#text)
      if (end > headLimit || (end < 0 && this.#text.length > headLimit)) throw new BadResponse('the head is too large')
      if (end < 0) return undefined
      const head = parseHead(this.#text.slice(0, end), this.#method)
      if (head.status === 101 && !this.#upgradable) throw new BadResponse('an upgrade that nobody asked for')
      if (head.status >= 200 || head.status === 101) return { head, used: end - before }
      if (head.status < 100) throw new BadResponse('no status')
      if (++this.#interims > interimLimit) throw new BadResponse('interim answers without end')
      this.#text = this.#text.slice(end)
      before -= end
    }
  }
}

/** The index after the empty line that ends a head; -1 if there is none yet. */
function headEnd(text: string): number {
  for (let feed = text.indexOf('\n'); feed >= 0; feed = text.indexOf('\n', feed + 1)) {
    if (text.charCodeAt(feed + 1) === 0x0a) return feed + 2
    if (text.charCodeAt(feed + 1) === 0x0d && text.charCodeAt(feed + 2) === 0x0a) return feed + 3
  }
  return -1
}

function parseHead(text: string, method: string): ResponseHead {
  const lines = text.split('\n')
  const match = statusLine.exec(chompReturns(lines[0] ?? ''))
  if (!match) throw new BadResponse('no status line')
  const [, major, minor, code, reason = ''] = match
  const status = Number(code)
  const headers = new HeaderList()
  for (let i = 1; i < lines.length; i += 1) {
    const line = chompReturns(lines[i] ?? '')
    if (line !== '') addLine(headers, line)
  }
  const framing = frame(headers, status, method)
  const persistent = major === '1' && minor !== '0' && !/\bclose\b/i.test(headers.all('connection').join())
  return { status, reason, headers, framing, keepAlive: persistent && framing.kind !== 'close' && status !== 101 }
}

/** nginx passes on header names of an upstream that it would drop in a request. */
function addLine(headers: HeaderList, line: string): void {
  const header = parseHeaderLine(line)
  if (header === 'bad') throw new BadResponse('invalid header line')
  if (header !== 'dropped') {
    headers.add(header.name, header.value)
    return
  }
  const colon = line.indexOf(':')
  headers.add(colon < 0 ? line : line.slice(0, colon), colon < 0 ? '' : trimSpaces(line.slice(colon + 1)))
}

function frame(headers: HeaderList, status: number, method: string): ResponseFraming {
  const lengths = headers.all('content-length')
  const codings = headers.all('transfer-encoding')
  const [length] = lengths
  if (lengths.length > 1 || codings.length > 1) throw new BadResponse('repeated framing header')
  if (length !== undefined && !isLength(length)) throw new BadResponse('bad Content-Length')
  if (codings.length > 0 && codings[0]?.toLowerCase() !== 'chunked') throw new BadResponse('unknown Transfer-Encoding')
  if (codings.length > 0 && length !== undefined) throw new BadResponse('Content-Length and Transfer-Encoding')
  if (method === 'HEAD' || status === 204 || status === 304 || status === 101) return { kind: 'none' }
  if (codings.length > 0) return { kind: 'chunked' }
  return length === undefined ? { kind: 'close' } : { kind: 'length', length: Number(length) }
}

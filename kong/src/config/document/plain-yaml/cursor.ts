import { resolvePlain } from '../plain-scalar.ts'

/** The text uses more of YAML than the plain reader knows, or is wrong: the full parser has to read it. */
export class NotPlain extends Error {}

const [SPACE, NEWLINE, HASH, DASH] = [0x20, 0x0a, 0x23, 0x2d]
const KEY = /[\w/][\w./-]*/y
const DOUBLE_QUOTED = /"(?:[^"\\\n]|\\["\\/bfnrt]|\\u[\da-fA-F]{4})*"/y
const SINGLE_QUOTED = /'(?:[^'\n]|'')*'/y
/** What a plain scalar can't start with; a dash may where something follows it. */
const INDICATORS = new Set(' \n?:,[]{}#&*!|>\'"%@`')
const AFTER_DASH = /-[^\s,[\]{}]/y
/** A name is at most 1,024 characters long, its quotes included (YAML 1.2, 7.4.2). */
const MAX_KEY = 1000

/** A place in a text that is read from start to end. Every method throws `NotPlain` at what it does not know. */
export class Cursor {
  readonly text: string
  at = 0

  constructor(text: string) {
    this.text = text
  }

  fail(): never {
    throw new NotPlain()
  }

  get char(): string {
    return this.text.charAt(this.at)
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length
  }

  /** Whether nothing but a comment is left of the line. */
  get isLineDone(): boolean {
    const code = this.text.charCodeAt(this.at)
    return code === NEWLINE || this.isAtEnd || (code === HASH && this.text.charCodeAt(this.at - 1) === SPACE)
  }

  /** Whether a dash stands here that begins an item of a list. */
  get isDash(): boolean {
    return this.text.charCodeAt(this.at) === DASH && this.isGap(this.at + 1)
  }

  isGap(offset: number): boolean {
    const code = this.text.charCodeAt(offset)
    return code === SPACE || code === NEWLINE || offset >= this.text.length
  }

  skipSpaces(): void {
    while (this.text.charCodeAt(this.at) === SPACE) this.at++
  }

  /** The end of the line: the offset of its line break, or the length of the text. */
  get lineEnd(): number {
    const end = this.text.indexOf('\n', this.at)
    return end < 0 ? this.text.length : end
  }

  /** The end of what a sticky pattern matches here; undefined where it does not. */
  endOf(pattern: RegExp): number | undefined {
    pattern.lastIndex = this.at
    return pattern.test(this.text) ? pattern.lastIndex : undefined
  }

  get #isQuoted(): boolean {
    return this.char === '"' || this.char === "'"
  }

  #endOfQuoted(): number | undefined {
    return this.endOf(this.char === '"' ? DOUBLE_QUOTED : SINGLE_QUOTED)
  }

  /** Whether a name with its colon stands here. */
  get isKey(): boolean {
    const end = this.#isQuoted ? this.#endOfQuoted() : this.endOf(KEY)
    return end !== undefined && this.text.charAt(end) === ':' && this.isGap(end + 1)
  }

  /** Reads a name and its colon. In braces the value may follow a quoted name at once, as in JSON. */
  key(inFlow: boolean): string {
    const start = this.at
    const isQuoted = this.#isQuoted
    const name = isQuoted ? this.quoted() : this.#take(this.endOf(KEY))
    if (this.char !== ':' || this.at - start > MAX_KEY || name === '__proto__') this.fail()
    this.at++
    if (!this.isGap(this.at) && !(inFlow && isQuoted)) this.fail()
    return name
  }

  #take(end: number | undefined): string {
    if (end === undefined) this.fail()
    const start = this.at
    this.at = end
    return this.text.slice(start, end)
  }

  /** Reads a text in quotes that ends on its line. */
  quoted(): string {
    const source = this.#take(this.#endOfQuoted())
    if (source.startsWith("'")) return source.slice(1, -1).replaceAll("''", "'")
    return source.includes('\\') ? (JSON.parse(source) as string) : source.slice(1, -1)
  }

  /** Reads the plain scalar that ends at an offset or at a comment before it. */
  plainUntil(end: number): unknown {
    const { char } = this
    if (INDICATORS.has(char) || (char === '-' && this.endOf(AFTER_DASH) === undefined)) this.fail()
    const line = this.text.slice(this.at, end)
    const comment = line.indexOf(' #')
    const scalar = withoutSpaces(comment < 0 ? line : line.slice(0, comment))
    if (scalar.endsWith(':') || scalar.includes(': ')) this.fail()
    this.at += scalar.length
    return resolvePlain(scalar)
  }
}

function withoutSpaces(line: string): string {
  let end = line.length
  while (line[end - 1] === ' ') end--
  return line.slice(0, end)
}

/** What a JSON text of Kong's decoder (lua-cjson) may hold. Objects have no prototype; texts are wire text. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** The text is not what lua-cjson takes for JSON. */
export class InvalidJson extends Error {
  override readonly name = 'InvalidJson'
}

const BLANK = /[ \t\r\n]*/y
const NUMBER = /[+-]?(?:inf(?:inity)?|nan|0x[0-9a-f]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)/iy
const PLAIN = /[^"\\\0]*/y
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}
const MAX_DEPTH = 1000

/**
 * Decodes JSON as lua-cjson does, which is laxer than the standard: `NaN`, `Infinity`, hexadecimal numbers, leading
 * zeros and plus signs, raw control bytes and bytes that are no UTF-8 all pass; deeper than a thousand levels does not.
 * @param text wire text: one character per byte
 * @throws InvalidJson
 */
export function decodeJson(text: string): Json {
  const reader = new Reader(text)
  const value = reader.value(0)
  reader.end()
  return value
}

/**
 * A value with one more in it, as Kong's transformers append: a text becomes a list, a list or table gets longer (in a
 * table the new value is named by a number, as it comes next), and anything else makes way for a list.
 */
export function appendedJson(present: Json | undefined, value: Json): Json {
  if (typeof present === 'string') return [present, value]
  if (isList(present)) return [...present, value]
  if (present === undefined || present === null || typeof present !== 'object') return [value]
  const names = Object.keys(present)
  if (names.length === 0) return [value]
  let next = 1
  while (Object.hasOwn(present, String(next))) next++
  return { ...present, [next]: value }
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value)

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  end(): void {
    this.#match(BLANK)
    if (this.#at < this.#text.length) this.#fail()
  }

  value(depth: number): Json {
    this.#match(BLANK)
    const char = this.#text[this.#at]
    if (char === '{') return this.#object(depth + 1)
    if (char === '[') return this.#array(depth + 1)
    if (char === '"') return this.#string()
    if (this.#takes('true')) return true
    if (this.#takes('false')) return false
    if (this.#takes('null')) return null
    return this.#number()
  }

  #object(depth: number): Json {
    this.#enter(depth)
    const members: { [name: string]: Json } = Object.create(null)
    if (this.#takesAfterBlanks('}')) return members
    for (;;) {
      this.#match(BLANK)
      if (this.#text[this.#at] !== '"') this.#fail()
      const name = this.#string()
      if (!this.#takesAfterBlanks(':')) this.#fail()
      members[name] = this.value(depth)
      if (this.#takesAfterBlanks('}')) return members
      if (!this.#takesAfterBlanks(',')) this.#fail()
    }
  }

  #array(depth: number): Json {
    this.#enter(depth)
    const elements: Json[] = []
    if (this.#takesAfterBlanks(']')) return elements
    for (;;) {
      elements.push(this.value(depth))
      if (this.#takesAfterBlanks(']')) return elements
      if (!this.#takesAfterBlanks(',')) this.#fail()
    }
  }

  #enter(depth: number): void {
    if (depth > MAX_DEPTH) this.#fail()
    this.#at++
  }

  #string(): string {
    this.#at++
    let out = ''
    for (;;) {
      out += this.#match(PLAIN)
      const char = this.#text[this.#at++]
      if (char === '"') return out
      if (char !== '\\') this.#fail()
      const letter = this.#text[this.#at++] ?? ''
      out += letter === 'u' ? this.#unicode() : (ESCAPES[letter] ?? this.#fail())
    }
  }

  /** `\uXXXX`, a surrogate only as a pair, as the bytes of its UTF-8. */
  #unicode(): string {
    const first = this.#hex4()
    if ((first & 0xf800) !== 0xd800) return utf8(first)
    if (first >= 0xdc00 || !this.#takes('\\u')) this.#fail()
    const second = this.#hex4()
    if ((second & 0xfc00) !== 0xdc00) this.#fail()
    return utf8(0x10000 + ((first & 0x3ff) << 10) + (second & 0x3ff))
  }

  #hex4(): number {
    const digits = this.#text.slice(this.#at, this.#at + 4)
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.#fail()
    this.#at += 4
    return Number.parseInt(digits, 16)
  }

  #number(): number {
    const token = this.#match(NUMBER).toLowerCase()
    if (token === '') this.#fail()
    const negative = token.startsWith('-')
    const magnitude = /^[+-]/.test(token) ? token.slice(1) : token
    const value = magnitude.startsWith('inf') ? Number.POSITIVE_INFINITY : Number(magnitude)
    return negative ? -value : value
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0] ?? ''
    this.#at += found.length
    return found
  }

  #takes(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false
    this.#at += token.length
    return true
  }

  #takesAfterBlanks(token: string): boolean {
    this.#match(BLANK)
    return this.#takes(token)
  }

  #fail(): never {
    throw new InvalidJson(`invalid JSON at character ${this.#at + 1}`)
  }
}

function utf8(codePoint: number): string {
  return Buffer.from(String.fromCodePoint(codePoint), 'utf8').toString('latin1')
}

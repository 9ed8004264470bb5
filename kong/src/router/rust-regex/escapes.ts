import { escapeCharacter, perlClass, unicodeClass } from './character-classes.ts'
import type { Reader } from './reader.ts'

/** What a backslash stands for, in a class or outside. */
export type Escape = { readonly literal: string } | { readonly set: string }

const CONTROL: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', a: '\x07' }
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

/** Reads what follows a backslash at `start`. @throws RegexRefusal in the words of the regex crate. */
export function readEscape(reader: Reader, start: number): Escape {
  if (reader.ended) throw reader.refuse('incomplete escape sequence, reached end of pattern prematurely', start)
  const letter = reader.next()
  const set = perlClass(letter)
  if (set !== undefined) return { set }
  if (letter === 'p' || letter === 'P') return { set: readUnicodeClass(reader, start, letter === 'P') }
  const control = CONTROL[letter]
  if (control !== undefined) return { literal: control }
  if (HEX_DIGITS[letter] !== undefined) return { literal: readHex(reader, start, HEX_DIGITS[letter]) }
  if (/^[1-9]$/.test(letter)) throw reader.refuse('backreferences are not supported', start)
  // Punctuation may be escaped needlessly; letters, digits and < > may not.
  if (/^[\x21-\x2f\x3a-\x3b=?@\x5b-\x60\x7b-\x7e ]$/.test(letter)) return { literal: letter }
  throw reader.refuse('unrecognized escape sequence', start)
}

export const escapeSource = (escaped: Escape): string =>
  'set' in escaped ? escaped.set : escapeCharacter(escaped.literal)

function readUnicodeClass(reader: Reader, start: number, negated: boolean): string {
  const name = reader.take('{') ? reader.takeUntil('}') : reader.next()
  const set = name ? unicodeClass(name, negated) : undefined
  if (set === undefined) throw reader.refuse('Unicode property not found', start)
  return set
}

function readHex(reader: Reader, start: number, digits: number): string {
  let text = ''
  if (reader.take('{')) text = reader.takeUntil('}') ?? ''
  else while (text.length < digits && !reader.ended) text += reader.next()
  const code = /^[0-9A-Fa-f]+$/.test(text) ? Number.parseInt(text, 16) : Number.NaN
  if (Number.isNaN(code)) throw reader.refuse('invalid hexadecimal digit', start)
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
    throw reader.refuse('hexadecimal literal is not a Unicode scalar value', start)
  }
  return String.fromCodePoint(code)
}

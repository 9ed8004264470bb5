/** Parses the syntax of Rust's `regex` crate (1.x, Unicode mode), which Kong's router uses. */
import { readBrackets } from './brackets.ts'
import { escapeCharacter, WORD } from './character-classes.ts'
import { escapeSource, readEscape } from './escapes.ts'
import { Reader } from './reader.ts'
import type { Node } from './syntax-tree.ts'

interface Flags {
  readonly i: boolean
  readonly m: boolean
  readonly s: boolean
  /** Swaps greedy and lazy. */
  readonly U: boolean
}

const NO_FLAGS: Flags = { i: false, m: false, s: false, U: false }
const START: Node = { kind: 'assertion', source: '^', start: true }
const WORD_START = `(?<!${WORD})(?=${WORD})`
const WORD_END = `(?<=${WORD})(?!${WORD})`

/** @throws RegexRefusal */
export function parseRustRegex(pattern: string): Node {
  return new Parser(pattern).parse()
}

class Parser {
  readonly #reader: Reader
  readonly #names = new Set<string>()
  #groups = 0
  #flags = NO_FLAGS

  constructor(pattern: string) {
    this.#reader = new Reader(pattern)
  }

  parse(): Node {
    const node = this.#readChoice()
    if (!this.#reader.ended) throw this.#reader.refuse('unopened group', this.#reader.at, this.#reader.at + 1)
    return node
  }

  /** Alternatives up to `)` or the end; flags set within end there. */
  #readChoice(): Node {
    const outer = this.#flags
    const choices = [this.#readSequence()]
    while (this.#reader.take('|')) choices.push(this.#readSequence())
    this.#flags = outer
    return choices.length === 1 ? (choices[0] as Node) : { kind: 'choice', choices }
  }

  #readSequence(): Node {
    const parts: Node[] = []
    for (;;) {
      const next = this.#reader.peek()
      if (next === undefined || next === '|' || next === ')') break
      const start = this.#reader.at
      const atom = this.#readAtom(start)
      if (atom) parts.push(this.#readRepeats(atom))
      else this.#refuseRepeat()
    }
    return parts.length === 1
      ? (parts[0] as Node)
      : parts.length === 0
        ? { kind: 'empty' }
        : { kind: 'sequence', parts }
  }

  #refuseRepeat(): void {
    const next = this.#reader.peek()
    if (next !== undefined && '*+?{'.includes(next)) throw this.#missingOperand(this.#reader.at)
  }

  #missingOperand(at: number) {
    return this.#reader.refuse('repetition operator missing expression', at, at + 1)
  }

  /** One thing that can be repeated; undefined for flags alone, which match nothing. */
  #readAtom(start: number): Node | undefined {
    const character = this.#reader.next()
    switch (character) {
      case '(':
        return this.#readGroup(start)
      case '[':
        return this.#character(readBrackets(this.#reader, start))
      case '\\':
        return this.#readBackslash(start)
      case '.':
        return { kind: 'character', source: this.#flags.s ? '[^]' : '[^\\n]' }
      case '^':
        return this.#flags.m ? { kind: 'assertion', source: '(?<![^\\n])' } : START
      case '$':
        return { kind: 'assertion', source: this.#flags.m ? '(?![^\\n])' : '$' }
      case '*':
      case '+':
      case '?':
      case '{':
        throw this.#missingOperand(start)
      default:
        return this.#character(escapeCharacter(character), character)
    }
  }

  #character(source: string, literal?: string): Node {
    if (this.#flags.i) return { kind: 'character', source: `(?i:${source})` }
    return { kind: 'character', source, ...(literal !== undefined && { literal }) }
  }

  #readBackslash(start: number): Node {
    const assertion = this.#readAssertion()
    if (assertion) return assertion
    const escaped = readEscape(this.#reader, start)
    return this.#character(escapeSource(escaped), 'literal' in escaped ? escaped.literal : undefined)
  }

  #readAssertion(): Node | undefined {
    const reader = this.#reader
    if (reader.take('A')) return START
    if (reader.take('z')) return { kind: 'assertion', source: '$' }
    if (reader.take('b{start}') || reader.take('<')) return { kind: 'assertion', source: `(?:${WORD_START})` }
    if (reader.take('b{end}') || reader.take('>')) return { kind: 'assertion', source: `(?:${WORD_END})` }
    if (reader.take('b{start-half}')) return { kind: 'assertion', source: `(?<!${WORD})` }
    if (reader.take('b{end-half}')) return { kind: 'assertion', source: `(?!${WORD})` }
    if (reader.take('b')) return { kind: 'assertion', source: `(?:${WORD_START}|${WORD_END})` }
    if (reader.take('B')) return { kind: 'assertion', source: `(?!${WORD_START}|${WORD_END})` }
    return undefined
  }

  #readGroup(start: number): Node | undefined {
    const reader = this.#reader
    if (['?=', '?!', '?<=', '?<!'].some((sign) => reader.startsWith(sign))) {
      const length = reader.startsWith('?<') ? 4 : 3
      throw reader.refuse('look-around, including look-ahead and look-behind, is not supported', start, start + length)
    }
    let name: string | undefined
    const before = this.#flags
    let captures = true
    if (reader.take('?P<') || reader.take('?<')) name = this.#readName()
    else if (reader.take('?')) {
      captures = false
      if (this.#readFlags(start)) return undefined
    }
    const index = captures ? ++this.#groups : 0
    const body = this.#readChoice()
    this.#flags = before
    if (!reader.take(')')) throw reader.refuse('unclosed group', start, start + 1)
    if (captures) return { kind: 'group', index, name, body }
    return body.kind === 'sequence' || body.kind === 'choice' ? { kind: 'sequence', parts: [body] } : body
  }

  #readName(): string {
    const start = this.#reader.at
    let name = ''
    for (;;) {
      if (this.#reader.ended) throw this.#reader.refuse('unclosed capture group name', start)
      const at = this.#reader.at
      const character = this.#reader.next()
      if (character === '>') break
      const allowed = name === '' ? /^[_\p{Alphabetic}]$/u : /^[_.[\]\p{Alphabetic}\p{N}]$/u
      if (!allowed.test(character)) throw this.#reader.refuse('invalid capture group character', at)
      if (/[.[\]]/.test(character))
        throw this.#reader.refuse('a group name of this kind cannot be had in the embedded gateway', at)
      name += character
    }
    if (name === '') throw this.#reader.refuse('empty capture group name', start, start)
    if (this.#names.has(name)) throw this.#reader.refuse('duplicate capture group name', start, this.#reader.at - 1)
    this.#names.add(name)
    return name
  }

  /** Reads `flags)` or `flags:`, and answers whether they stand alone and so hold for what follows. */
  #readFlags(start: number): boolean {
    let value = true
    for (;;) {
      if (this.#reader.ended) throw this.#reader.refuse('unclosed group', start, start + 1)
      const at = this.#reader.at
      const letter = this.#reader.next()
      if (letter === ')') {
        if (at === start + 2) throw this.#missingOperand(start + 1)
        return true
      }
      if (letter === ':') return false
      if (letter === '-') value = false
      else if ('imsU'.includes(letter)) this.#flags = { ...this.#flags, [letter]: value }
      else if (letter === 'x' || letter === 'R' || (letter === 'u' && !value)) {
        throw this.#reader.refuse(`the flag ${letter} cannot be had in the embedded gateway`, at)
      } else if (letter !== 'u') throw this.#reader.refuse('unrecognized flag', at)
    }
  }

  /** Quantifiers; Rust lets several follow one another: `a++` is `(?:a+)+`. */
  #readRepeats(atom: Node): Node {
    let node = atom
    for (;;) {
      const bounds = this.#readBounds()
      if (!bounds) return node
      const lazy = this.#reader.take('?')
      node = { kind: 'repeat', ...bounds, greedy: lazy === this.#flags.U, body: node }
    }
  }

  #readBounds(): { min: number; max: number } | undefined {
    const reader = this.#reader
    const start = reader.at
    if (reader.take('*')) return { min: 0, max: Number.POSITIVE_INFINITY }
    if (reader.take('+')) return { min: 1, max: Number.POSITIVE_INFINITY }
    if (reader.take('?')) return { min: 0, max: 1 }
    if (!reader.take('{')) return undefined
    const text = reader.takeUntil('}')
    if (text === undefined) throw reader.refuse('unclosed counted repetition', start, start + 1)
    const parts = /^\s*(\d*)\s*(,)?\s*(\d*)\s*$/.exec(text)
    if (!parts || (parts[1] === '' && parts[3] === ''))
      throw reader.refuse('repetition quantifier expects a valid decimal', start)
    const min = Number(parts[1] || 0)
    const max = parts[2] === undefined ? min : parts[3] === '' ? Number.POSITIVE_INFINITY : Number(parts[3])
    if (min > max) throw reader.refuse('invalid repetition count range, the start must be <= the end', start)
    return { min, max }
  }
}

import { Cursor } from './cursor.ts'
import type { Places, Spot } from './places.ts'

/** Deeper nesting is left to the full parser, which has a limit of its own. */
const MAX_DEPTH = 100
const START = /---(?= *(?: #[^\n]*)?\n)/y
const MARKER = /(?:---|\.\.\.)(?=[\s]|$)/y
const LITERAL = /\|-?(?: +#[^\n]*| *)\n/y
const FLOW_STARTS = new Set('"\'[{')
// Each space is looked at once: a lookahead over all that follow would take quadratic time.
const FLOW_PLAIN = /(?:[^\s:,[\]{}]|:(?=[^\s,[\]{}])| +(?=[^\s#:,[\]{}]|:[^\s,[\]{}]))+/y

/** Reads a text in plain YAML: its values, and where they stand if that is asked for. */
export class PlainReader {
  /** Whether a name stands twice in one map. */
  hasDuplicates = false
  readonly #cursor: Cursor
  readonly #places: Places | undefined
  /** The indent of the line that comes next, comments and empty lines left out; -1 at the end of the text. */
  #indent = -1
  #depth = 0

  /** @param places notes where everything stands, which takes time and memory */
  constructor(text: string, places?: Places) {
    this.#cursor = new Cursor(text)
    this.#places = places
  }

  /** @throws NotPlain */
  read(): { start: number; value: object } {
    const cursor = this.#cursor
    this.#nextLine()
    if (this.#indent === 0 && cursor.endOf(START) !== undefined) this.#skipLine()
    const start = cursor.at
    const value = cursor.char === '{' || cursor.char === '[' ? this.#flowDocument() : this.#block(this.#indent)
    if (this.#indent !== -1) cursor.fail()
    return { start, value }
  }

  /** From the start of a line to what stands on it, or on the next one that is not empty. */
  #nextLine(): void {
    const cursor = this.#cursor
    const start = cursor.at
    cursor.skipSpaces()
    this.#indent = cursor.isAtEnd ? -1 : cursor.at - start
    if (!cursor.isAtEnd && (cursor.char === '\n' || cursor.char === '#')) this.#skipLine()
  }

  #skipLine(): void {
    const cursor = this.#cursor
    for (;;) {
      cursor.at = Math.min(cursor.lineEnd + 1, cursor.text.length)
      const start = cursor.at
      cursor.skipSpaces()
      this.#indent = cursor.isAtEnd ? -1 : cursor.at - start
      if (cursor.isAtEnd || (cursor.char !== '\n' && cursor.char !== '#')) return
    }
  }

  /** From the end of a value to the next line. */
  #endLine(): void {
    this.#cursor.skipSpaces()
    if (!this.#cursor.isLineDone) this.#cursor.fail()
    this.#skipLine()
  }

  #flowDocument(): object {
    const value = this.#flow(-1) as object
    this.#endLine()
    return value
  }

  /** A list or a map whose members begin in one column. */
  #block(column: number): object {
    if (++this.#depth > MAX_DEPTH) this.#cursor.fail()
    const value = this.#cursor.isDash ? this.#list(column) : this.#map(column)
    if (this.#indent > column) this.#cursor.fail()
    this.#depth--
    return value
  }

  #list(column: number): unknown[] {
    const list: unknown[] = []
    do {
      const spot = this.#places?.begin(list, list.length, this.#cursor.at)
      list.push(this.#item(column, spot))
      this.#places?.end()
    } while (this.#indent === column && this.#cursor.isDash)
    return list
  }

  #item(column: number, spot: Spot | undefined): unknown {
    const cursor = this.#cursor
    const dash = cursor.at++
    cursor.skipSpaces()
    if (spot) spot.value = cursor.at
    if (cursor.isLineDone) return this.#below(column, false, spot)
    return cursor.isDash || cursor.isKey ? this.#block(column + cursor.at - dash) : this.#inline(column)
  }

  #map(column: number): object {
    const map: Record<string, unknown> = {}
    do {
      const start = this.#cursor.at
      const name = this.#cursor.key(false)
      this.hasDuplicates ||= Object.hasOwn(map, name)
      const spot = this.#places?.begin(map, name, start)
      map[name] = this.#member(column, spot)
      this.#places?.end()
    } while (this.#indent === column)
    return map
  }

  #member(column: number, spot: Spot | undefined): unknown {
    this.#cursor.skipSpaces()
    if (spot) spot.value = this.#cursor.at
    return this.#cursor.isLineDone ? this.#below(column, true, spot) : this.#inline(column)
  }

  /** What stands below a name or a dash; null where nothing does. The list of a name may stand in the name's column. */
  #below(column: number, isMember: boolean, spot: Spot | undefined): unknown {
    this.#skipLine()
    const isListBeside = isMember && this.#indent === column && this.#cursor.isDash
    if (this.#indent <= column && !isListBeside) return null
    if (spot) spot.value = this.#cursor.at
    return this.#block(this.#indent)
  }

  /** A value that begins on the line of its name or dash, which stands in a column. */
  #inline(column: number): unknown {
    const cursor = this.#cursor
    if (cursor.char === '|') return this.#literal(column)
    const value = FLOW_STARTS.has(cursor.char) ? this.#flow(column) : cursor.plainUntil(cursor.lineEnd)
    this.#endLine()
    return value
  }

  /** Lines that count as they stand (`|`, `|-`). */
  #literal(column: number): string {
    const cursor = this.#cursor
    const isStripped = cursor.text.startsWith('|-', cursor.at)
    cursor.at = cursor.endOf(LITERAL) ?? cursor.fail()
    const lines: string[] = []
    let indent: number | undefined
    while (!cursor.isAtEnd) {
      const start = cursor.at
      cursor.skipSpaces()
      const width = cursor.at - start
      const isEmpty = cursor.char === '\n' || cursor.isAtEnd
      if (isEmpty && width > 0) cursor.fail()
      if (!isEmpty) indent ??= width
      if (!isEmpty && (width < (indent ?? 0) || width <= column)) {
        cursor.at = start
        break
      }
      const end = cursor.lineEnd
      if (end === cursor.text.length) cursor.fail()
      lines.push(cursor.text.slice(start + (isEmpty ? 0 : (indent ?? 0)), end))
      cursor.at = end + 1
    }
    this.#nextLine()
    while (lines.at(-1) === '') lines.pop()
    return lines.length === 0 ? '' : lines.join('\n') + (isStripped ? '' : '\n')
  }

  /** A value in brackets, braces or quotes, or a plain one within them. Further lines stand deeper than a column. */
  #flow(column: number): unknown {
    const cursor = this.#cursor
    if (cursor.char === '"' || cursor.char === "'") return cursor.quoted()
    if (cursor.char !== '[' && cursor.char !== '{') {
      return cursor.plainUntil(cursor.endOf(FLOW_PLAIN) ?? cursor.fail())
    }
    if (++this.#depth > MAX_DEPTH) cursor.fail()
    const isMap = cursor.char === '{'
    const value = isMap ? this.#flowMap(column) : this.#flowList(column)
    this.#depth--
    return value
  }

  #flowList(column: number): unknown[] {
    const list: unknown[] = []
    this.#eachInFlow(column, ']', () => {
      this.#places?.begin(list, list.length, this.#cursor.at)
      list.push(this.#flow(column))
      this.#places?.end()
    })
    return list
  }

  #flowMap(column: number): object {
    const map: Record<string, unknown> = {}
    this.#eachInFlow(column, '}', () => {
      const start = this.#cursor.at
      const name = this.#cursor.key(true)
      this.hasDuplicates ||= Object.hasOwn(map, name)
      const spot = this.#places?.begin(map, name, start)
      this.#skipInFlow(column)
      if (spot) spot.value = this.#cursor.at
      map[name] = this.#flow(column)
      this.#places?.end()
    })
    return map
  }

  #eachInFlow(column: number, closing: string, read: () => void): void {
    const cursor = this.#cursor
    cursor.at++
    this.#skipInFlow(column)
    while (cursor.char !== closing) {
      read()
      this.#skipInFlow(column)
      if (cursor.char !== ',' && cursor.char !== closing) cursor.fail()
      if (cursor.char !== ',') continue
      cursor.at++
      this.#skipInFlow(column)
    }
    cursor.at++
  }

  /** Over spaces and line breaks; a comment within brackets is left to the full parser. */
  #skipInFlow(column: number): void {
    const cursor = this.#cursor
    cursor.skipSpaces()
    while (cursor.char === '\n') {
      const start = ++cursor.at
      cursor.skipSpaces()
      if (cursor.isAtEnd || (cursor.char !== '\n' && cursor.at - start <= column)) cursor.fail()
      if (cursor.at === start && cursor.endOf(MARKER) !== undefined) cursor.fail()
    }
  }
}

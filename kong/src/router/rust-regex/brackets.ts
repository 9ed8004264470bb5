import { escapeCharacter, posixClass } from './character-classes.ts'
import { type Escape, escapeSource, readEscape } from './escapes.ts'
import type { Reader } from './reader.ts'

/** Reads a class in brackets whose `[` stands at `start` and has been passed; answers JavaScript source. */
export function readBrackets(reader: Reader, start: number): string {
  const negated = reader.take('^')
  let operand = ''
  let left: { readonly source: string; readonly operator: string } | undefined
  const combined = () => combine(left, `[${operand}]`)
  for (let first = true; ; first = false) {
    if (reader.ended) throw reader.refuse('unclosed character class', start, start + 1)
    if (reader.peek() === ']' && !first) break
    const operator = ['&&', '--', '~~'].find((sign) => reader.startsWith(sign))
    if (operator) {
      reader.take(operator)
      left = { source: combined(), operator }
      operand = ''
    } else operand += readItem(reader)
  }
  reader.take(']')
  const source = combined()
  return negated ? `[^${source}]` : source
}

function combine(left: { source: string; operator: string } | undefined, right: string): string {
  if (!left) return right
  if (left.operator === '~~') return `[[${left.source}--${right}][${right}--${left.source}]]`
  return `[${left.source}${left.operator}${right}]`
}

/** A range, one character, a named class, or a class within. */
function readItem(reader: Reader): string {
  const start = reader.at
  if (reader.startsWith('[:')) {
    const posix = readPosix(reader)
    if (posix !== undefined) return posix
  }
  if (reader.take('[')) return readBrackets(reader, start)
  const low = readMember(reader)
  const rangeFollows =
    reader.peek() === '-' && reader.peek(1) !== ']' && reader.peek(1) !== '-' && reader.peek(1) !== undefined
  if (!rangeFollows) return escapeSource(low)
  reader.take('-')
  const high = readMember(reader)
  if ('set' in low || 'set' in high) throw reader.refuse('invalid range boundary, must be a literal', start)
  if ((low.literal.codePointAt(0) ?? 0) > (high.literal.codePointAt(0) ?? 0)) {
    throw reader.refuse('invalid character class range, the start must be <= the end', start)
  }
  return `${escapeCharacter(low.literal)}-${escapeCharacter(high.literal)}`
}

function readMember(reader: Reader): Escape {
  const start = reader.at
  const character = reader.next()
  return character === '\\' ? readEscape(reader, start) : { literal: character }
}

/** `[:name:]`; where it is no such name, the bracket is an ordinary one. */
function readPosix(reader: Reader): string | undefined {
  const before = reader.at
  reader.take('[:')
  const name = reader.takeUntil(':')
  const source = name === undefined || !reader.take(']') ? undefined : posixClass(name)
  if (source === undefined) reader.at = before
  return source
}

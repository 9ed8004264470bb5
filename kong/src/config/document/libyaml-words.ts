import type { LineCounter, YAMLError } from 'yaml'
import { type Token, tokensBefore } from './yaml-tokens.ts'

/**
 * A syntax error in the words of libyaml, as Kong tells it: `LINE:COLUMN: problem`, where the place is the start of the
 * last thing that could still be read.
 */
export function tellAsLibyaml(error: YAMLError, text: string, lines: LineCounter): string {
  const [start] = error.pos
  const { words, at = tokensBefore(text, start).at(-1)?.offset ?? 0 } = find({
    message: error.message,
    code: error.code,
    start,
    text,
  })
  const { line, col } = lines.linePos(at)
  return `${line}:${col}: ${words}`
}

interface Fault {
  readonly message: string
  readonly code: string
  readonly start: number
  readonly text: string
}

interface Told {
  readonly words: string
  /** Where it is told, if not at the last token before the fault. */
  readonly at?: number
}

/** What the `yaml` package says, and what libyaml says to that; the first that fits. */
const RULES: readonly (readonly [pattern: RegExp, tell: (fault: Fault) => Told])[] = [
  [/^Tabs are not allowed/, tellTab],
  [/^Plain value cannot start with/, unscannable('found character that cannot start any token')],
  [/^Missing closing ["']quote/, unscannable('found unexpected end of stream')],
  [/^Invalid escape sequence \\[xuU]/, unscannable('did not find expected hexdecimal number')],
  [/^Invalid escape sequence/, unscannable('found unknown escape character')],
  [/^(?:Alias|Anchor) cannot be an empty/, unscannable('did not find expected alphabetic or numeric character')],
  [/^Verbatim tags must end/, unscannable("did not find the expected '>'")],
  [/on same line with key/, () => ({ words: 'block sequence entries are not allowed in this context' })],
  [/^Implicit map keys need to be followed/, () => ({ words: "could not find expected ':'" })],
  [/^(?:Nested mappings are not allowed|Implicit keys need to be on)/, tellMisplacedValue],
  [/^Flow (?:map|sequence)/, tellFlow],
  [
    /flow|^Missing , or :|^Unexpected (?:scalar|double-quoted-scalar|single-quoted-scalar) (?:token|at node end)/,
    tellFlow,
  ],
]

const find = (fault: Fault): Told =>
  RULES.find(([pattern]) => pattern.test(fault.message))?.[1](fault) ?? tellKey(fault)

/**
 * What can't even be cut into tokens. Until the line ends, all that stands in brackets may still turn out to be the name
 * of a value: nothing of it has been read then.
 */
function unscannable(words: string): (fault: Fault) => Told {
  return ({ text, start }) => {
    const opening = text[start] === '"' || text[start] === "'" ? start : start - 1
    const tokens = tokensBefore(text, quoteAround(text, opening))
    let depth = 0
    let outermost = tokens.length
    tokens.forEach(({ kind, offset, end }, i) => {
      if (kind === '[' || kind === '{') {
        if (depth === 0 && !text.slice(offset, tokens.at(-1)?.end ?? end).includes('\n'))
          outermost = Math.min(outermost, i)
        depth++
      } else if (kind === ']' || kind === '}') {
        depth--
        if (depth === 0) outermost = tokens.length
      }
    })
    return { words, at: tokens[outermost - 1]?.offset ?? 0 }
  }
}

/** Where the quoted text that an offset lies in begins; the offset itself outside of quotes. */
function quoteAround(text: string, offset: number): number {
  const around = tokensBefore(text, offset).at(-1)
  return around?.kind === 'quoted' && around.end > offset ? around.offset : offset
}

/** Within a plain text of several lines a tab breaks the indentation; elsewhere nothing starts with it. */
function tellTab({ text, start }: Fault): Told {
  const tokens = tokensBefore(text, start)
  const last = tokens.at(-1)
  if (last?.kind !== 'plain' || text.slice(last.end, start).includes(':'))
    return { words: 'found character that cannot start any token' }
  return { words: 'found a tab character that violates indentation', at: tokens.at(-2)?.offset ?? 0 }
}

/** A second colon: the text before it was read as a value already. */
function tellMisplacedValue({ text, start }: Fault): Told {
  if (/^-\s/.test(text.slice(start).trimStart())) return { words: 'did not find expected key' }
  return {
    words: 'mapping values are not allowed in this context',
    at: tokensBefore(text, start + 1).at(-1)?.offset ?? 0,
  }
}

function tellFlow(fault: Fault): Told {
  const open = enclosingBracket(tokensBefore(fault.text, fault.start))
  if (!open) return tellKey(fault)
  if (/[[{,:]$/.test(fault.text.slice(0, fault.start).trimEnd())) return { words: 'did not find expected node content' }
  return { words: `did not find expected ',' or '${open === '{' ? '}' : ']'}'` }
}

function enclosingBracket(tokens: readonly Token[]): string | undefined {
  const open: string[] = []
  for (const { kind } of tokens) {
    if (kind === '[' || kind === '{') open.push(kind)
    else if (kind === ']' || kind === '}') open.pop()
  }
  return open.at(-1)
}

/** In a block: what stands where a name or a dash had to be. A block that ended there was read to its end. */
function tellKey({ text, start }: Fault): Told {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const indent = /^ */.exec(text.slice(lineStart))?.[0].length ?? 0
  const before = text.slice(0, lineStart).trimEnd()
  const lastLine = before.slice(before.lastIndexOf('\n') + 1)
  const [, dash = ''] = /^\s*(- +)?/.exec(lastLine) ?? []
  const lastIndent = lastLine.search(/\S/) + dash.length
  if (dash !== '' && indent <= lastLine.search(/\S/) && !/^\s*-\s/.test(text.slice(lineStart))) {
    if (lastIndent - dash.length === indent && !/:(?:\s|$)/.test(lastLine))
      return { words: "did not find expected '-' indicator" }
  }
  return indent > 0 && indent < lastIndent
    ? { words: 'did not find expected key', at: lineStart + indent }
    : { words: 'did not find expected key' }
}

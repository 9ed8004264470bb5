import type { ErrorCode, YAMLError } from 'yaml'
import { Positions } from './positions.ts'
import { type Token, tokensBefore } from './yaml-tokens.ts'

/** A syntax error for people: what to do about it, and the offset at which that has to be done. */
export interface PlainSyntaxError {
  readonly message: string
  readonly at: number
}

/** What the `yaml` package found, and the text that it found it in. */
interface Fault {
  readonly code: ErrorCode
  readonly message: string
  readonly at: number
  readonly text: string
}

type Tell = (fault: Fault) => string | PlainSyntaxError

/** Says in plain words what is wrong with a text that is no YAML: the parser's own words are for people who write parsers. */
export function tellPlainly({ code, message, pos: [at] }: YAMLError, text: string): PlainSyntaxError {
  const fault = { code, message, at, text }
  const tell = RULES.find(([codes, pattern]) => codes.includes(code) && (!pattern || pattern.test(message)))?.[2]
  const told =
    tell?.(fault) ?? 'this is not valid YAML: check the indentation, and put values with special characters in quotes'
  return typeof told === 'string' ? { message: told, at } : told
}

const always = (message: string) => () => message

const MISALIGNED =
  'this line does not line up with those above it: names of one map, and dashes of one list, start in one column'

/** By the parser's code and, where a code has several meanings, by its message; the first that fits. */
const RULES: readonly (readonly [codes: readonly ErrorCode[], pattern: RegExp | undefined, tell: Tell])[] = [
  [['TAB_AS_INDENT'], undefined, always('a tab can not be used for indentation: use spaces')],
  [['BLOCK_AS_IMPLICIT_KEY'], /^A block sequence/, tellLine(MISALIGNED)],
  [['BLOCK_AS_IMPLICIT_KEY'], undefined, tellColon],
  [['MULTILINE_IMPLICIT_KEY'], undefined, tellNoName],
  [['MISSING_CHAR'], /^Implicit map keys/, tellNoName],
  [['MISSING_CHAR'], /^Missing closing/, tellQuote],
  [['MISSING_CHAR'], /^Sequence item/, tellLine(MISALIGNED)],
  [['MISSING_CHAR'], /^Missing ,/, always('a comma is missing before this')],
  [['MISSING_CHAR'], /^Missing space after/, always('a space is missing after the colon')],
  [['MISSING_CHAR'], /^Comments/, always("a comment needs a space before its '#'; a text with '#' in it needs quotes")],
  [['MISSING_CHAR'], /^Tags and anchors/, always('a space is missing after this tag or anchor')],
  [['MISSING_CHAR'], /directives-end/, always("the document has to start on a line of its own, after '---'")],
  [['BAD_INDENT'], /^Flow/, tellBracket],
  [['BAD_INDENT'], undefined, tellLine(MISALIGNED)],
  [['BAD_SCALAR_START'], undefined, ({ at, text }) => `a value can not start with '${text[at]}': put it in quotes`],
  [
    ['BAD_ALIAS'],
    undefined,
    ({ at, text }) => `a value can not start with '${text[at]}', which has a meaning in YAML: put it in quotes`,
  ],
  [['BAD_DQ_ESCAPE'], undefined, tellEscape],
  [
    ['UNEXPECTED_TOKEN'],
    /^Unexpected block-seq-ind/,
    always("a list starts on the line below its name: move the '-' there"),
  ],
  [['UNEXPECTED_TOKEN'], /^Unexpected (?:,|empty)/, always('an item is missing before this comma')],
  [
    ['UNEXPECTED_TOKEN'],
    /^Block scalar header/,
    always("a text after '|' or '>' starts on the next line; a value that starts with one of them needs quotes"),
  ],
  [['UNEXPECTED_TOKEN'], /flow-(?:seq|map)-end/, ({ at, text }) => `no bracket is open that '${text[at]}' could close`],
  [['UNEXPECTED_TOKEN'], undefined, tellTrailing],
  [
    ['BLOCK_IN_FLOW'],
    undefined,
    always("a comma is missing within these brackets, or a value with ': ' in it needs quotes"),
  ],
  [
    ['KEY_OVER_1024_CHARS'],
    undefined,
    always('a name has at most 1,024 characters, and its colon stands on the same line'),
  ],
  [['MULTIPLE_ANCHORS', 'MULTIPLE_TAGS'], undefined, always('a value has at most one anchor (&) and one tag (!)')],
  [['ALIAS_PROPS'], undefined, always('an alias (*) takes no anchor (&) and no tag (!) of its own')],
  [['BAD_PROP_ORDER'], undefined, always("an anchor (&) or tag (!) stands behind '-', '?' or ':'")],
  [
    ['BAD_DIRECTIVE'],
    undefined,
    always("a line that starts with '%' is an instruction to YAML parsers, and this one is unknown: remove it"),
  ],
  [
    ['TAG_RESOLVE_FAILED', 'BAD_COLLECTION_TYPE', 'NON_STRING_KEY'],
    undefined,
    always('this tag (!) can not be used here: remove it'),
  ],
]

/** An error that concerns a whole line is told at the first thing on it. */
function tellLine(message: string): Tell {
  return ({ at, text }) => ({ message, at: startOfLine(text, at).content })
}

function startOfLine(text: string, at: number): { start: number; content: number; line: string } {
  const start = text.lastIndexOf('\n', at - 1) + 1
  const end = text.indexOf('\n', at)
  const line = text.slice(start, end < 0 ? undefined : end)
  return { start, content: start + line.length - line.trimStart().length, line: line.trim() }
}

/** A second name where a value was expected: a colon within the value, or a line that is indented too far. */
function tellColon({ at, text }: Fault): string | PlainSyntaxError {
  const end = text.indexOf('\n', at)
  const rest = text.slice(at, end < 0 ? undefined : end)
  if (/:(?:\s|$)/.test(rest)) return "a value with ': ' in it needs quotes"
  if (end < 0 || rest.startsWith('?')) return 'this value needs quotes'
  const below = end + 1 + text.slice(end + 1).search(/\S|$/)
  return { message: `${MISALIGNED}; this one starts too far to the right`, at: below }
}

/** A line without a name, or with a name whose colon can not be seen. Values may be secrets, and are not told. */
function tellNoName(fault: Fault): string | PlainSyntaxError {
  const { at, text } = fault
  if (openBracket(tokensBefore(text, at))) return tellBracket(fault)
  const { line, content } = startOfLine(text, at)
  if (/^-(?:\s|$)/.test(line) && at === content)
    return { message: "an item of a list ('-') stands where a name with its value is expected", at }
  const [, name, colon] = /^(?:- +)*(\w[\w.-]*)(:?)/.exec(line) ?? []
  if (name === undefined) return { message: "a name with its value is expected here, as in 'host: example.com'", at }
  return {
    message: colon ? `a space is missing after '${name}:'` : `a colon and a space are missing after '${name}'`,
    at,
  }
}

/** A quote that never ends is told where it starts. */
function tellQuote({ message, text }: Fault): PlainSyntaxError {
  const quote = message.includes('"') ? '"' : "'"
  const start = text.indexOf(quote, tokensBefore(text, text.length).at(-1)?.end ?? 0)
  return { message: `the quote that starts here is never closed: ${quote} is missing`, at: Math.max(start, 0) }
}

function tellBracket({ at, text }: Fault): string {
  const open = openBracket(tokensBefore(text, at))
  if (!open) return MISALIGNED
  const { line, column } = new Positions(text).at(open.offset)
  const closing = open.kind === '[' ? ']' : '}'
  const place = `the '${open.kind}' on line ${line}, column ${column}`
  return `${place} is not closed before this: '${closing}' is missing, or this line has to be indented further`
}

function openBracket(tokens: readonly Token[]): Token | undefined {
  const open: Token[] = []
  for (const token of tokens) {
    if (token.kind === '[' || token.kind === '{') open.push(token)
    else if (token.kind === ']' || token.kind === '}') open.pop()
  }
  return open.at(-1)
}

function tellEscape({ message, at, text }: Fault): string {
  const sequence = message.split(' at line ')[0]?.replace(/^Invalid escape sequence /, '') ?? text.slice(at, at + 2)
  return `${sequence} means nothing in double quotes: write \\${sequence}, or use single quotes`
}

/** Something behind a value that is complete. */
function tellTrailing(fault: Fault): string | PlainSyntaxError {
  const { content } = startOfLine(fault.text, fault.at)
  return content === fault.at
    ? 'this line belongs to nothing above it: check its indentation'
    : 'nothing may follow the value on this line: put the whole value in quotes'
}

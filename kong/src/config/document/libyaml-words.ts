import type { LineCounter, YAMLError } from 'yaml'

/**
 * A syntax error in the words of libyaml, as Kong tells it: `LINE:COLUMN: problem`, where the place is the start of the
 * last thing that could still be read.
 */
export function tellAsLibyaml(error: YAMLError, text: string, lines: LineCounter): string {
  const { line, col } = lines.linePos(lastStart(text, error.pos[0]))
  return `${line}:${col}: ${problem(error, text)}`
}

function problem({ code, message, pos }: YAMLError, text: string): string {
  if (code === 'TAB_AS_INDENT' || code === 'BAD_SCALAR_START') return 'found character that cannot start any token'
  if (/closing ["']quote/.test(message)) return 'found unexpected end of stream'
  const before = text.slice(0, pos[0]).trimEnd()
  if (/Flow (?:map|sequence)/.test(message)) {
    if (/[[{,:]$/.test(before)) return 'did not find expected node content'
    return `did not find expected ',' or '${message.includes('map') ? '}' : ']'}'`
  }
  if (/[Bb]lock (?:sequence|collection)/.test(message)) return "did not find expected '-' indicator"
  if (code === 'BLOCK_AS_IMPLICIT_KEY' || /implicit (?:map )?key/i.test(message))
    return 'mapping values are not allowed in this context'
  return 'did not find expected key'
}

/** What a scalar, alias or collection can start with; comments and quotes that never end are found to be passed over. */
const STARTS =
  /"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|(?<rest>["'].*$)|(?<comment>#[^\n]*)|[[{]|[^\s"'#[\]{},:-](?:[^\s:,[\]{}]|:(?!\s|$))*(?:[ \t]+[^\s:#,[\]{}]+)*/gs

/** The offset of the last scalar, alias or opening bracket that starts before an offset. */
function lastStart(text: string, end: number): number {
  let start = 0
  for (const found of text.slice(0, end).matchAll(STARTS)) {
    if (found.groups?.rest !== undefined) break
    if (found.groups?.comment === undefined) start = found.index
  }
  return start
}

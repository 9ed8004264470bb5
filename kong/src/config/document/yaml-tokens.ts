/** A scalar, an alias or a bracket of a YAML text. */
export interface Token {
  readonly kind: 'plain' | 'quoted' | 'block' | '[' | ']' | '{' | '}'
  readonly offset: number
  readonly end: number
}

const BLANK = /[\s,]|[-?:](?=\s|$)|#[^\n]*/y
const QUOTED = /"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'/sy
const BLOCK = /[|>][-+\d]*[ \t]*(?:#[^\n]*)?(?=\n)/y
const PLAIN = /(?:[^\s:#,[\]{}]|:(?=[^\s,[\]{}])|(?<=\S)#)(?:[^\n:#,[\]{}]|:(?!\s|$)|(?<=\S)#)*/y
const PLAIN_IN_BLOCK = /(?:[^\s:#]|:(?=\S)|(?<=\S)#)(?:[^\n:#]|:(?!\s|$)|(?<=\S)#)*/y

/** The tokens that start before an offset, as far as the text makes sense: up to a quote that never ends. */
export function tokensBefore(text: string, offset: number): Token[] {
  const tokens: Token[] = []
  let depth = 0
  let at = 0
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0]
  }
  while (at < offset) {
    const blank = match(BLANK)
    if (blank) {
      at += blank.length
      continue
    }
    const char = text.charAt(at)
    if (char === '[' || char === '{' || ((char === ']' || char === '}') && depth > 0)) {
      depth += char === '[' || char === '{' ? 1 : -1
      tokens.push({ kind: char, offset: at, end: ++at })
      continue
    }
    const start = at
    const quoted = match(QUOTED)
    if (!quoted && /["']/.test(char)) return tokens
    const block = depth === 0 ? match(BLOCK) : undefined
    at = block ? endOfBlock(text, at) : at + (quoted ?? match(depth > 0 ? PLAIN : PLAIN_IN_BLOCK) ?? char).length
    tokens.push({ kind: block ? 'block' : quoted ? 'quoted' : 'plain', offset: start, end: at })
  }
  return tokens
}

/** The end of a block scalar: of the last line that is blank or deeper than the one it starts on. */
function endOfBlock(text: string, header: number): number {
  const lineStart = text.lastIndexOf('\n', header) + 1
  const indent = /^ */.exec(text.slice(lineStart, header))?.[0].length ?? 0
  let end = text.indexOf('\n', header)
  while (end >= 0) {
    const next = text.indexOf('\n', end + 1)
    const line = text.slice(end + 1, next < 0 ? undefined : next)
    if (line.trim() !== '' && line.search(/\S/) <= indent) return end
    if (next < 0) break
    end = next
  }
  return text.length
}

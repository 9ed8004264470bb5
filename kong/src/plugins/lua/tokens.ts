/** A piece of a Lua expression. */
export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'symbol'
  readonly text: string
}

/** The text is no Lua expression, or one that goes beyond what is understood here. */
export class UnsupportedLua extends Error {
  override readonly name = 'UnsupportedLua'
}

const TOKEN =
  /\s*(?:(?<name>[A-Za-z_]\w*)|(?<number>0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?<symbol>\.\.|==|~=|<=|>=|[-+*/%^#<>()[\].:,]))/y

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\', '"': '"', "'": "'" }

/** Cuts an expression into its tokens. @throws UnsupportedLua */
export function tokenise(text: string): readonly Token[] {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex
    const groups = TOKEN.exec(text)?.groups
    if (!groups) throw new UnsupportedLua(`unexpected '${text.slice(at).trim()}'`)
    const [kind, found] = Object.entries(groups).find(([, value]) => value !== undefined) as [Token['kind'], string]
    tokens.push({ kind, text: kind === 'string' ? unquote(found) : found })
  }
  return tokens
}

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? unknownEscape(letter))
}

function unknownEscape(letter: string): never {
  throw new UnsupportedLua(`unsupported escape '\\${letter}'`)
}

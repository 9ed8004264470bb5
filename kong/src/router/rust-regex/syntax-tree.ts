/**
 * A regular expression as a tree. Leaves carry JavaScript source (for the `v` flag) that matches the same one
 * character, or holds at the same places, as in Rust's `regex` crate.
 */
export type Node =
  | { readonly kind: 'empty' }
  /** One character (code point). `literal` where it is just that one. */
  | { readonly kind: 'character'; readonly source: string; readonly literal?: string }
  | { readonly kind: 'assertion'; readonly source: string; readonly start?: true }
  | { readonly kind: 'group'; readonly index: number; readonly name: string | undefined; readonly body: Node }
  | { readonly kind: 'sequence'; readonly parts: readonly Node[] }
  | { readonly kind: 'choice'; readonly choices: readonly Node[] }
  | {
      readonly kind: 'repeat'
      readonly min: number
      readonly max: number
      readonly greedy: boolean
      readonly body: Node
    }

/** Why a pattern is refused, in the words and with the carets of the regex crate. Offsets are in code points. */
export class RegexRefusal extends Error {
  constructor(pattern: readonly string[], message: string, start: number, end: number) {
    const carets = `${' '.repeat(start)}${'^'.repeat(Math.max(1, end - start))}`
    super(`regex parse error:\n    ${pattern.join('')}\n    ${carets}\nerror: ${message}`)
    this.name = 'RegexRefusal'
  }
}

/** The same pattern in JavaScript's words. */
export function toSource(node: Node): string {
  switch (node.kind) {
    case 'empty':
      return '(?:)'
    case 'character':
    case 'assertion':
      return node.source
    case 'group':
      return `(${node.name === undefined ? '' : `?<${node.name}>`}${toSource(node.body)})`
    case 'sequence':
      return node.parts.map((part) => (part.kind === 'choice' ? `(?:${toSource(part)})` : toSource(part))).join('')
    case 'choice':
      return node.choices.map(toSource).join('|')
    case 'repeat':
      return `(?:${toSource(node.body)})${quantifier(node.min, node.max)}${node.greedy ? '' : '?'}`
  }
}

function quantifier(min: number, max: number): string {
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`
  return min === 0 && max === 1 ? '?' : `{${min},${max}}`
}
